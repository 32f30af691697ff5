import type { EventBody } from '../protocol/events.ts'
import type { Task } from '../protocol/task.ts'
import type { AfterFitTask } from './examples/afterFit.ts'
import { keepTask } from './learned/keepTask.ts'
import { ExactTask } from './exact/exactTask.ts'
import type { NetworkFolding } from './narrowing/networkFolding.ts'
import { AskedProof, UnspentProof } from './narrowing/proofTask.ts'
import type { MeasuredSite } from './graph/nodes/measuredSite.ts'
import { ProbeTask } from './probing/probeTask.ts'
import { ProjectionTask } from './projection/projectionTask.ts'

/** What tasks depend on beside the model that was trained. */
export interface TaskContext {
  folding: NetworkFolding
  /** Keeps the weights; null where they are not kept. */
  keep: (() => void) | null
  /** Time that the budget allows to spend now, ms. */
  unspentMs: () => number
  report: (event: EventBody) => void
  /** The places where layers are measured. */
  sites: () => MeasuredSite[]
}

/** What is done with models after their training. @param asked what a person has asked for */
export function tasksOf(asked: Task | undefined, context: TaskContext): AfterFitTask[] {
  const { folding, keep, report, sites } = context
  const kept = keep ? [keepTask((fitted) => void folding.of(fitted), keep)] : []
  switch (asked?.kind) {
    case 'project':
      return [...kept, new ProjectionTask(asked, report, sites)]
    case 'probe':
      return [...kept, new ProbeTask(asked, report, sites)]
    case 'exact':
      return [...kept, new ExactTask(asked, report, sites)]
    case 'prove':
      return [...kept, new AskedProof(asked, context)]
    case undefined:
      // A proof needs nothing but what is measured for keeping the weights.
      return kept.length > 0 ? [...kept, new UnspentProof(context)] : []
  }
}

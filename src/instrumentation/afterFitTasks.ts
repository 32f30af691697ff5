import type { EventBody } from '../protocol/events.ts'
import type { Task } from '../protocol/task.ts'
import type { AfterFitTask } from './examples/afterFit.ts'
import type { MeasuredSite } from './graph/measuredSite.ts'
import { ProjectionTask } from './projection/projectionTask.ts'

/** What tasks depend on beside the model that was trained. */
export interface TaskContext {
  report(event: EventBody): void
  /** The places where layers are measured. */
  sites(): MeasuredSite[]
}

/** What is done with models after their training. @param asked what a person has asked for */
export function tasksOf(asked: Task | undefined, context: TaskContext): AfterFitTask[] {
  if (!asked) return []
  switch (asked.kind) {
    case 'project':
      return [new ProjectionTask(asked, context.report, context.sites)]
  }
}

import os from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { EventBody } from '../../protocol/events.ts'
import type { Joined } from '../../protocol/handshake.ts'
import { CovarianceKeeper } from './keeping/covarianceKeeper.ts'
import { Control, queueOf, type KeepRequest, type ToWorker, type WorkerData } from '../reporting/workerMessages.ts'
import { keepWeights } from './keeping/keepWeights.ts'
import { askForRun, GIVE_UP_AFTER_MS } from './askForRun.ts'
import { Outbox } from './outbox.ts'
import { ProcessorUse } from './processorUse.ts'
import { Reporter } from './reporter.ts'
import { ShutdownDeadline } from './shutdownDeadline.ts'
import { Solver } from './solver.ts'
import { lowerThreadPriority } from './threadPriority.ts'

/**
 * The monitor's worker thread: it finds eigenvalues and owns the socket, so that it reports even while the training
 * thread does not yield to its event loop. It ends with the process and does not keep it alive (the training thread
 * unrefs it).
 */
lowerThreadPriority()
const { invitation, file, program, session, control, pid, thread } = workerData as WorkerData
const outbox = new Outbox()
const reporter = new Reporter(invitation, { pid, thread }, outbox)
reporter.onAlone = (alone) => Atomics.store(control, Control.ALONE, alone ? 1 : 0)
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const use = new ProcessorUse(os.availableParallelism(), performance.now(), cpuMs())
// The worker gets a third of the budget's share of the cores that the training leaves idle. Together with the training
// thread that stays below the limit.
const shareOf = (cores: number): number => Math.min(1, (invitation.budget * cores) / 3)
const share = shareOf(1)
const solver = new Solver(invitation.delta, share, (event) => {
  outbox.add(event, Date.now())
  reporter.flush()
})
solver.onDone = (width) => Atomics.sub(control, queueOf(width), 1)
solver.onSpent = (ms) => {
  use.solved(ms, performance.now(), cpuMs())
  solver.share = shareOf(use.idleCores)
}
solver.onBusy = (busy) => Atomics.store(control, Control.BUSY, busy ? 1 : 0)

const covariances =
  invitation.keepCovariances === undefined
    ? null
    : new CovarianceKeeper(invitation.keepCovariances, invitation.measure?.window === 'exponential')

/** The run of this process; null before it has one. */
let run: Joined | null = session
/** What is to be kept as soon as there is a run; null where nothing is. */
let unkept: KeepRequest | null = null
/** The one request for a run; null before it was made. */
let joining: Promise<void> | null = null
parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'measure') {
    covariances?.add(message)
    solver.add(message)
  } else if (message.type === 'join') join(true)
  else if (message.type === 'keep') keep(message)
  else if (message.type === 'events') {
    for (const { body, time } of message.events) outbox.add(body.type === 'overhead' ? withSolver(body) : body, time)
    reporter.flush()
  } else {
    join(false)
    void solver
      .finish(new ShutdownDeadline(performance.now(), invitation.rows === 'all'))
      // What is to be kept waits until it is known where.
      .then(() => joining)
      .then(keepCovariances)
      .then(() => reporter.drained())
      .then(release)
  }
})

// The process's end must not wait for this thread when an error has ended it.
process.on('exit', release)
if (session) reporter.connect(session)

/** What monitoring has taken in all: on the training thread, and on cores that the training would have used. */
function withSolver(overhead: Extract<EventBody, { type: 'overhead' }>): EventBody {
  const { monitorMs, trainingMs } = overhead
  const taken = use.takenMs
  const share = (monitorMs + taken) / Math.max(1, trainingMs - taken)
  return { ...overhead, share, solverMs: solver.spentMs, solverTakenMs: taken }
}

/** Asks for a run, once. @param trains whether this process trains; if not, it only reports something at its end. */
function join(trains: boolean): void {
  if (session || joining) return
  const giveUpAfter = invitation.orphanAfter === null ? GIVE_UP_AFTER_MS : null
  joining = askForRun(file, { pid, trains, ...program }, () => reporter.unanswered(), giveUpAfter).then(joined)
}

function joined(given: Joined | null): void {
  run = given
  if (!run) return reporter.giveUp()
  if (unkept) keep(unkept)
  // If this thread dies, the next one reports that in the same run.
  parentPort?.postMessage(run)
  reporter.connect(run)
}

/** Writes what the training has learned, and reports that. */
function keep(request: KeepRequest): void {
  unkept = run ? null : request
  if (!run?.weights) return
  const busy = Atomics.load(control, Control.BUSY)
  // The training thread may be waiting for the end.
  Atomics.store(control, Control.BUSY, 1)
  outbox.add(keepWeights(request, run.weights), Date.now())
  keepCovariances()
  Atomics.store(control, Control.BUSY, busy)
  reporter.flush()
}

/** Writes the covariances of the last windows, where they are to be kept. */
function keepCovariances(): void {
  const problems = covariances && run?.covariances ? covariances.write(run.covariances) : []
  for (const problem of problems) outbox.add(problem, Date.now())
  if (problems.length > 0) reporter.flush()
}

/** Ends the training thread's wait for the delivery of the last events. */
function release(): void {
  Atomics.store(control, Control.DELIVERED, 1)
  Atomics.notify(control, Control.DELIVERED)
}

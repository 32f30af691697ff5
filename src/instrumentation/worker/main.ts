import os from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { Joined } from '../../protocol/handshake.ts'
import { Control, queueOf, type ToWorker, type WorkerData } from '../reporting/workerMessages.ts'
import { askForRun } from './askForRun.ts'
import { LastSeconds } from './shutdownDeadline.ts'
import { Outbox } from './outbox.ts'
import { giveWay } from './threadPriority.ts'
import { Reporter } from './reporter.ts'
import { Solver } from './solver.ts'

/**
 * The monitor's worker thread: solves eigenvalues, owns the socket, and outlives every silence of the training thread.
 * It ends with the process; nothing in it keeps the process alive (the training thread unrefs it).
 */
giveWay()
const { invitation, file, guest, session, control, pid, thread } = workerData as WorkerData
const outbox = new Outbox()
const reporter = new Reporter(invitation, { pid, thread }, outbox)
reporter.onAlone = (alone) => Atomics.store(control, Control.ALONE, alone ? 1 : 0)
// A third of what the budget allows on the training thread, of the whole machine: with that, it is less than the limit.
const share = Math.min(1, (invitation.budget * os.availableParallelism()) / 3)
const solver = new Solver(invitation.delta, share, (event) => {
  outbox.add(event, Date.now())
  reporter.flush()
})
solver.onDone = (width) => Atomics.sub(control, queueOf(width), 1)
solver.onBusy = (busy) => Atomics.store(control, Control.BUSY, busy ? 1 : 0)

let joining: Promise<void> | null = null
parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'measure') solver.add(message)
  else if (message.type === 'join') join(true)
  else if (message.type === 'event') {
    const { body, time } = message
    outbox.add(body.type === 'overhead' ? { ...body, solverMs: solver.spentMs } : body, time)
    reporter.flush()
  } else {
    join(false)
    void solver
      .finish(new LastSeconds(performance.now(), invitation.rows === 'all'))
      .then(() => reporter.drained())
      .then(release)
  }
})

// The process's end must not wait for a thread that a fault has ended.
process.on('exit', release)
if (session) reporter.connect(session)

/** Asks for a run, once. @param trains whether this process does, or only has something to say at its end */
function join(trains: boolean): void {
  if (!session) joining ??= askForRun(file, { pid, trains, ...guest }, () => reporter.unanswered()).then(joined)
}

function joined(run: Joined | null): void {
  if (!run) return reporter.giveUp()
  // Should this thread die, the next one is to tell so in the same run.
  parentPort?.postMessage(run)
  reporter.connect(run)
}

function release(): void {
  Atomics.store(control, Control.DELIVERED, 1)
  Atomics.notify(control, Control.DELIVERED)
}

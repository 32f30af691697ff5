import os from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { Control, queueOf, type ToWorker, type WorkerData } from '../messages.ts'
import { askForRun } from './admission.ts'
import { LastSeconds } from './lastSeconds.ts'
import { Outbox } from './outbox.ts'
import { Reporter } from './reporter.ts'
import { Solver } from './solver.ts'

/**
 * The monitor's worker thread: solves eigenvalues, owns the socket, and outlives every silence of the training thread.
 * It ends with the process; nothing in it keeps the process alive (the training thread unrefs it).
 */
const { invitation, standing, control, pid, thread } = workerData as WorkerData
const outbox = new Outbox()
const reporter = new Reporter(invitation, { pid, thread }, outbox)
reporter.onAlone = (alone) => Atomics.store(control, Control.ALONE, alone ? 1 : 0)
// Half of what the budget allows on the training thread, of the whole machine: nobody feels that in two places at once.
const share = Math.min(1, (invitation.budget * os.availableParallelism()) / 2)
const solver = new Solver(invitation.delta, share, (event) => {
  outbox.add(event, Date.now())
  reporter.flush()
})
solver.onDone = (width) => Atomics.sub(control, queueOf(width), 1)
solver.onBusy = (busy) => Atomics.store(control, Control.BUSY, busy ? 1 : 0)

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'measure') solver.add(message)
  else if (message.type === 'event') {
    const { body, time } = message
    outbox.add(body.type === 'overhead' ? { ...body, solverMs: solver.spentMs } : body, time)
    reporter.flush()
  } else {
    void solver
      .finish(new LastSeconds(performance.now(), invitation.rows === 'all'))
      .then(() => reporter.drained())
      .then(release)
  }
})
// The process's end must not wait for a thread that a fault has ended.
process.on('exit', release)
if (standing) void join(standing)
else reporter.connect(invitation)

function release(): void {
  Atomics.store(control, Control.DELIVERED, 1)
  Atomics.notify(control, Control.DELIVERED)
}

async function join({ file, script, args, cwd }: NonNullable<WorkerData['standing']>): Promise<void> {
  const session = await askForRun(file, { pid, script, args, cwd })
  if (!session) return reporter.giveUp()
  // Should this thread die, the next one is to tell so in the same run.
  parentPort?.postMessage(session)
  reporter.connect(session)
}

import { parentPort, workerData } from 'node:worker_threads'
import { Control, type ToWorker, type WorkerData } from '../messages.ts'
import { Outbox } from './outbox.ts'
import { Reporter } from './reporter.ts'
import { Solver } from './solver.ts'

/**
 * The monitor's worker thread: solves eigenvalues, owns the socket, and outlives every silence of the training thread.
 * It ends with the process; nothing in it keeps the process alive (the training thread unrefs it).
 */
const { invitation, control, pid } = workerData as WorkerData
const outbox = new Outbox()
const reporter = new Reporter(invitation, pid, outbox)
const solver = new Solver(invitation.delta, (event) => {
  outbox.add(event, Date.now())
  reporter.flush()
})
solver.onRested = () => Atomics.sub(control, Control.QUEUED, 1)

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'measure') solver.add(message)
  else if (message.type === 'event') {
    outbox.add(message.body, message.time)
    reporter.flush()
  } else {
    solver.finish()
    void reporter.drained().then(() => {
      Atomics.store(control, Control.DELIVERED, 1)
      Atomics.notify(control, Control.DELIVERED)
    })
  }
})
reporter.connect()

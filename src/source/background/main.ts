import { parentPort } from 'node:worker_threads'
import { TASKS } from './tasks.ts'

/** A question to the thread. */
export interface Question {
  name: keyof typeof TASKS
  args: readonly unknown[]
}

// One question at a time, so that an answer needs no number.
parentPort?.on('message', ({ name, args }: Question) => {
  const task = TASKS[name] as (...args: readonly unknown[]) => unknown
  parentPort?.postMessage(task(...args))
})
// Loading takes long on a busy machine, and does not count as time of the first question.
parentPort?.postMessage('ready')

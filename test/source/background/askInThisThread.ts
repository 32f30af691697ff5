import { TASKS, type AskSource } from '../../../src/source/background/tasks.ts'

/** Asks about source files without a thread of their own. */
export const askInThisThread: AskSource = (name, ...args) => {
  const task = TASKS[name] as (...args: readonly unknown[]) => unknown
  return Promise.resolve(task(...args) as never)
}

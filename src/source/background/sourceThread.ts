import { Worker } from 'node:worker_threads'
import type { Question } from './main.ts'
import type { AskSource } from './tasks.ts'

/** Milliseconds after which a question is given up. Usual files take a few; the machine may be busy with a training. */
const TIME_LIMIT_MS = 5000
/** Milliseconds that a new thread may take to load. */
const LOAD_LIMIT_MS = 60_000
/** Milliseconds without a question after which the thread is ended. */
const IDLE_MS = 60_000
/** Megabytes that the thread may take. The syntax tree of a file of a megabyte takes about 200. */
const MAX_HEAP_MB = 512

/**
 * Answers questions about source files in a thread of its own, one after the other, so that no file can block or exhaust
 * the process. A thread that takes too long, or fails, is ended; the next question begins a new one.
 */
export class SourceThread {
  readonly #entry: string
  readonly #timeLimit: number
  #worker: Worker | null = null
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #disposed = false

  /**
   * @param entry absolute path of `dist/sourceWorker.cjs`
   * @param timeLimit milliseconds for one question
   */
  constructor(entry: string, timeLimit = TIME_LIMIT_MS) {
    this.#entry = entry
    this.#timeLimit = timeLimit
  }

  /** Asks one of the `TASKS`. Never rejects. @returns null when there was no answer within the limits. */
  readonly ask: AskSource = (name, ...args) => {
    const answer = this.#last.then(() => this.#answer({ name, args }))
    this.#last = answer
    // The thread answers with the result of this very task.
    return answer as Promise<never>
  }

  dispose(): void {
    this.#disposed = true
    this.#end()
  }

  #answer(question: Question): Promise<unknown> {
    if (this.#disposed) return Promise.resolve(null)
    clearTimeout(this.#idle)
    const isNew = this.#worker === null
    const worker = (this.#worker ??= this.#begin())
    return new Promise<unknown>((resolve) => {
      const finish = (answer: unknown, failed: boolean): void => {
        clearTimeout(timer)
        // By name: without a name Node's own listeners would go, too, and no later answer would arrive.
        for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event)
        // An error that arrives late has no one to hear it, and would end the process.
        worker.on('error', () => {})
        if (failed) this.#end()
        else this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref()
        resolve(answer)
      }
      const giveUp = (): void => finish(null, true)
      let timer = setTimeout(giveUp, LOAD_LIMIT_MS)
      const put = (): void => {
        clearTimeout(timer)
        timer = setTimeout(giveUp, this.#timeLimit)
        worker.on('message', (answer) => finish(answer, false))
        worker.postMessage(question)
      }
      worker.on('error', giveUp)
      worker.on('exit', giveUp)
      if (isNew) worker.once('message', put)
      else put()
    })
  }

  #begin(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB }
    const worker = new Worker(this.#entry, { resourceLimits, execArgv: [], stdin: false })
    worker.unref()
    return worker
  }

  #end(): void {
    clearTimeout(this.#idle)
    void this.#worker?.terminate()
    this.#worker = null
  }
}

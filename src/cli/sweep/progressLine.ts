import type { StudyProgress } from '../../experiments/sweep/study.ts'
import { epochsOfFit } from '../../experiments/training.ts'
import { earlierWords, progressWords } from '../../presentation/sweep/progressWords.ts'
import { begunAgainLine, resultLine } from '../../presentation/sweep/resultLine.ts'
import { terminalText } from '../console/terminalText.ts'
import { truncateEnd } from '../console/truncate.ts'

/** Milliseconds between two lines of progress, where there is no terminal to draw on. */
const LINE_INTERVAL_MS = 15_000

/** Says how far a study has come: one live line on a terminal, else a line now and then; and a line for each result. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #told = 0
  #earlier = 0
  #begunAgain = 0
  #latest = Date.now()

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** Shows how far the study has come. */
  show(progress: StudyProgress): void {
    const { results, earlier, begunAgain } = progress
    if (earlier > this.#earlier) this.#line(`saturation: ${earlierWords(earlier)}`)
    const isNew = results.slice(this.#told + earlier - this.#earlier)
    for (const { trial, outcome } of isNew) this.#line(resultLine(trial.network, outcome))
    for (const trial of begunAgain.slice(this.#begunAgain)) this.#line(begunAgainLine(trial))
    this.#begunAgain = begunAgain.length
    this.#told = results.length
    this.#earlier = earlier
    const words = `saturation: ${progressWords(wordsOf(progress))}`
    if (this.#stream.isTTY)
      this.#stream.write(`\r\u001b[K${truncateEnd(terminalText(words), this.#stream.columns - 1)}`)
    else if (Date.now() - this.#latest >= LINE_INTERVAL_MS) this.#line(words)
  }

  /** Removes the live line. */
  close(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K')
  }

  #line(text: string): void {
    this.#latest = Date.now()
    this.close()
    this.#stream.write(`${terminalText(text)}\n`)
  }
}

function wordsOf({ results, running, waiting }: StudyProgress): Parameters<typeof progressWords>[0] {
  const ended = results.map(({ outcome: { seconds } }) => 1000 * seconds)
  const meanMs = ended.length === 0 ? null : ended.reduce((sum, ms) => sum + ms, 0) / ended.length
  const inRunning = running.map(({ startedAt }) => Math.max(0, (meanMs ?? 0) - (Date.now() - startedAt)))
  const atOnce = Math.max(1, running.length)
  const leftMs = meanMs === null ? null : (inRunning.reduce((sum, ms) => sum + ms, 0) + waiting * meanMs) / atOnce
  const epochs = results[0] ? (results[0].state.lastEpoch?.epoch ?? -1) + 1 : 0
  return {
    done: results.length,
    waiting,
    leftMs,
    running: running.map(({ trial, log }) => {
      const epoch = epochsOfFit(log)
      return { name: trial.network, epoch: epoch === 0 ? null : epoch, epochs: epochs > 0 ? epochs : null }
    }),
  }
}

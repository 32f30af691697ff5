import type { RunState } from '../../run/state.ts'
import { isAlive } from '../../runner/processAlive.ts'
import type { WatchedRun } from '../../runner/watchedRun.ts'
import { runName } from '../../presentation/runName.ts'
import { describeLog } from '../../presentation/text/logWords.ts'
import { progressLine, renderBars, type Room } from './bars.ts'
import type { Colors } from '../console/colors.ts'
import { RunDigest } from '../../report/runDigest.ts'
import { truncateEnd } from '../console/truncate.ts'
import { reportOf } from '../../report/report.ts'
import { renderReport } from '../report/renderReport.ts'

/** The runs of one command, as the terminal shows them. Several runs have a heading each. */
export class CommandRuns {
  readonly #runs: { run: WatchedRun; digest: RunDigest }[] = []

  /** Adds a run that has just begun. */
  add(run: WatchedRun): void {
    const digest = new RunDigest(run.state)
    run.onEvents((events) => events.forEach((event) => digest.note(event)))
    this.#runs.push({ run, digest })
  }

  /** The live bars. Of several runs, those that go on share the room. */
  bars({ columns, rows }: Room, colors: Colors): string[] {
    if (this.#runs.length < 2) return this.#runs.flatMap(({ run }) => renderBars(run.state, { columns, rows }, colors))
    const live = this.#live
    const share = Math.max(1, Math.floor((rows - 1) / Math.max(1, live.length)) - 1)
    const pictures = live.flatMap(({ state, n }) => {
      const heading = colors.bold(truncateEnd(this.#heading(state, n), columns))
      return [heading, ...renderBars(state, { columns, rows: share }, colors, true)]
    })
    return pictures.slice(0, rows - 1)
  }

  /** A line of progress for each training. */
  progress(): string[] {
    if (this.#runs.length < 2) return this.#runs.map(({ run }) => progressLine(run.state))
    return this.#live.map(({ state, n }) => `${this.#heading(state, n)}: ${progressLine(state, true)}`)
  }

  /** Ends the runs after the command has ended, once their processes' last events have arrived. */
  async ended(): Promise<void> {
    const unfinished = this.#runs.map(({ run }) => run).filter(({ record }) => !record.ended)
    const ending = unfinished.map((run) => {
      const { pid } = run.record
      const trains = pid !== null && isAlive(pid) && !run.state.ended
      return trains ? run.processLost('The command ended before this process did.') : run.processEnded(null)
    })
    await Promise.all(ending)
  }

  /** The tables at the end. @param logs whether the runs' logs are kept; if so, they are named */
  report(colors: Colors, columns: number | undefined, logs: boolean): string {
    const reports = this.#runs.map(({ run, digest }, i) => {
      const log = logs ? `\n${colors.dim(describeLog(run.record.log, run.logIncomplete))}` : ''
      const table = renderReport(reportOf(digest), colors, columns) + log
      if (this.#runs.length < 2) return table
      const heading = colors.bold(this.#heading(run.state, i + 1))
      return `${heading}${logs ? colors.dim(`  ${run.record.log}`) : ''}\n${table}`
    })
    return reports.join('\n\n')
  }

  /** The states of the runs. */
  get states(): RunState[] {
    return this.#runs.map(({ run }) => run.state)
  }

  get #live(): { state: RunState; n: number }[] {
    return this.#runs.map(({ run: { state } }, i) => ({ state, n: i + 1 })).filter(({ state }) => !state.ended)
  }

  #heading(state: RunState, n: number): string {
    return `Run ${n} of ${this.#runs.length}: ${runName(state)}`
  }
}

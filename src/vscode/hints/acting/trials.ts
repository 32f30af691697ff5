import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import * as vscode from 'vscode'
import type { WidthChange } from '../../../advice/widthChange.ts'
import { findTail, probedNetwork, withoutTail } from '../../../comparison/contribution/tail.ts'
import type { Inherit } from '../../../protocol/handshake.ts'
import type { Override } from '../../../protocol/overrides.ts'
import type { RunState } from '../../../run/state.ts'
import { latestWithWeights } from '../../../runner/history/runWithWeights.ts'
import { weightsFileOf } from '../../../runner/history/weightsFile.ts'
import type { ListedRun } from '../../../runner/listedRun.ts'
import type { Runs } from '../../../runner/runs.ts'
import type { ComparedRuns } from '../../launching/comparedRuns.ts'
import type { RunCommands } from '../../launching/runCommands.ts'

/** How often a training is repeated to see how much it differs by chance. */
const REPEATS = 3
/** Milliseconds between the end of a training and the begin of the next. */
const PAUSE_MS = 1000

/** The run that another is compared with, and what that one can inherit from it. */
interface Baseline {
  run: ListedRun
  inherit: Inherit | null
}

/** Starts the runs that follow from a hint: trials of other widths, and runs of changed code. */
export class Trials {
  readonly #runs: Runs
  readonly #runCommands: RunCommands
  readonly #compared: ComparedRuns

  constructor(runs: Runs, runCommands: RunCommands, compared: ComparedRuns) {
    this.#runs = runs
    this.#runCommands = runCommands
    this.#compared = compared
  }

  /** Trains once with other widths, beginning with what was learned. The code stays as it is. */
  async start(changes: readonly WidthChange[]): Promise<void> {
    const baseline = await this.#baseline()
    if (!baseline) return
    const { state } = baseline.run
    await this.#compared.expect(baseline.run.id, state)
    await this.#runCommands.runAgain({ overrides: widthOverrides(state, changes), inherit: baseline.inherit })
  }

  /** Log of the run that trials inherit from and are compared with; null where none has left its weights. */
  async logOfBaseline(): Promise<string | null> {
    const log = (await this.#baseline())?.run.record.log
    return log !== undefined && existsSync(weightsFileOf(log)) ? log : null
  }

  /** Trains once without the tail that probes and saturation show, from scratch. The code stays as it is. */
  async removeTail(): Promise<void> {
    const baseline = await this.#baseline()
    const state = this.#runs.current?.state
    const network = state ? probedNetwork(state) : null
    const tail = network && findTail(network)
    if (!baseline || !state || tail?.kind !== 'tail') {
      void vscode.window.showInformationMessage('The shown run has no tail: probe its layers first (Probe Layers).')
      return
    }
    await this.#compared.expect(baseline.run.id, baseline.run.state)
    await this.#runCommands.runAgain({ overrides: withoutTail(state.layers, tail) })
  }

  /** Notes that the code was changed as a hint says, so that its next run is compared with the shown one. */
  async applied(): Promise<void> {
    const current = this.#runs.current
    if (!current) return
    // A trial has been compared already; what it was compared with is the network before.
    const before = this.#compared.baselineOf(current.id) ?? (await this.#baseline())?.run.id
    if (before) await this.#compared.expect(before, current.state)
  }

  /** Trains changed code, beginning with what was learned unless it is to begin from scratch. */
  async runAgain(fromScratch: boolean): Promise<void> {
    const baseline = await this.#baseline()
    const inherit = fromScratch ? null : (baseline?.inherit ?? null)
    await this.#runCommands.runAgain({ overrides: [], inherit })
  }

  /** Repeats the shown run some times, one after the other, so that its results can be told from chance. */
  async repeat(): Promise<void> {
    const { current } = this.#runs
    const before = current && this.#compared.baselineOf(current.id)
    if (!current || !before) {
      void vscode.window.showInformationMessage('Only a run that is compared with an earlier one can be repeated.')
      return
    }
    const { state } = current
    const inherit = state.inherited ? ((await this.#baseline(before))?.inherit ?? null) : null
    await this.#compared.expect(before, state, REPEATS)
    for (let n = 0; n < REPEATS; n++) {
      const previous = this.#runs.current
      await this.#runCommands.runAgain({ overrides: state.overrides, inherit })
      const run = this.#runs.current
      // The start has failed, which the person was told.
      if (!run || run === previous) return
      if ((await endOf(run)) !== 'completed') return
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** Shows the run before a trial again: the one whose hint was tried, which may be a proof and not the one compared with. */
  async discard(): Promise<void> {
    const { current } = this.#runs
    if (!current) return
    const { earlier } = await this.#listed(current.id)
    const run = earlier.find(({ state }) => state.script === current.state.script && state.overrides.length === 0)
    if (run) this.#runs.choose(run)
    else void vscode.window.showInformationMessage('The run before the trial is gone. The code was not changed.')
  }

  /** A run that has trained and what can be inherited of it: the one with this id, by default the shown one. */
  async #baseline(id = this.#runs.current?.id): Promise<Baseline | null> {
    const { run, earlier } = await this.#listed(id)
    if (!run) return null
    const own = weightsFileOf(run.record.log)
    if (run.state.weights && existsSync(own)) return { run, inherit: inheritance(run, own) }
    // What a proof has put in was there before it; a trial after it is another network.
    const alike = earlier.filter(({ state }) => hasSameOverrides(state, run.state))
    const found = latestWithWeights(alike, run.state.script)
    if (!found) return { run, inherit: null }
    // A run that only proves widths has trained nothing that could be compared.
    const trained = run.state.attached?.trains === false ? found.run : run
    return { run: trained, inherit: inheritance(found.run, found.file) }
  }

  /** The run with an id, undefined where it is gone, and the runs before it, the latest first. */
  async #listed(id: string | undefined): Promise<{ run: ListedRun | undefined; earlier: ListedRun[] }> {
    const runs = await this.#runs.list()
    const at = runs.findIndex((each) => each.id === id)
    return { run: runs[at], earlier: runs.slice(at + 1) }
  }
}

function hasSameOverrides(one: RunState, other: RunState): boolean {
  return isDeepStrictEqual(one.overrides, other.overrides)
}

function inheritance({ state: { startedAt } }: ListedRun, file: string): Inherit {
  const time = new Date(startedAt ?? 0).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return { file, name: `the run of ${time}`, train: true }
}

/** Resolves when a run has ended, with how. */
function endOf(run: ListedRun): Promise<NonNullable<RunState['ended']>['how']> {
  return new Promise((resolve) => {
    const check = (): boolean => {
      if (run.state.ended) resolve(run.state.ended.how)
      return run.state.ended !== null
    }
    if (check()) return
    const unsubscribe = run.onEvents(() => check() && unsubscribe())
  })
}

/** Overrides that give layers other widths: by name, or by the line where other layers have the same name. */
export function widthOverrides({ layers }: Pick<RunState, 'layers'>, changes: readonly WidthChange[]): Override[] {
  const changed = new Set(changes.map(({ layer }) => layer))
  return changes.flatMap(({ layer: id, to }) => {
    const layer = layers.find((each) => each.id === id)
    if (!layer) return []
    const isAlone = layers.every(({ name, id: other }) => name !== layer.name || changed.has(other))
    const { site, name } = layer
    const pattern = isAlone || !site ? name : `${site.file}:${site.line}:${site.column}`
    return [{ layer: pattern, property: 'width', value: to }]
  })
}

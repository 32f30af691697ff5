import type * as vscode from 'vscode'
import { readEndedRun, runFolder } from '../../runner/history/savedRuns.ts'
import type { Runs } from '../../runner/runs.ts'
import type { RunState } from '../../run/state.ts'

/** Under which the workspace's state keeps them. */
const MEMORY_KEY = 'comparedRuns'
/** Pairs of runs that are remembered; as many runs are kept. */
const MAX_PAIRS = 40

interface Memory {
  /** Runs by id, each with the id of the run that it is compared with; the oldest first. */
  pairs: [run: string, baseline: string][]
  /** What the next runs of a script are compared with, and how many of them. */
  expected: { script: string; baseline: string; runs: number } | null
}

/** Runs that are compared: those of one network, and the run before the change. */
export interface Compared {
  before: RunState
  /** The shown run, and others of the same widths that were compared with the same one. */
  after: RunState[]
}

/**
 * Remembers with which earlier run a run is to be compared: the one from which the advice came that was applied or is
 * tried.
 */
export class ComparedRuns {
  readonly #runs: Runs
  readonly #storage: string
  readonly #memory: vscode.Memento
  readonly #unsubscribe: () => void

  /** @param storage folder of the runs */
  constructor(runs: Runs, storage: string, memory: vscode.Memento) {
    this.#runs = runs
    this.#storage = storage
    this.#memory = memory
    this.#unsubscribe = runs.onDidBegin(({ id, state: { script } }) => this.#begun(id, script))
  }

  /** Compares the next runs of a script with this one. */
  async expect(baseline: string, { script }: Pick<RunState, 'script'>, runs = 1): Promise<void> {
    await this.#store({ ...this.#stored(), expected: { script, baseline, runs } })
  }

  /** Id of the run with which a run is compared; null where it is compared with none. */
  baselineOf(id: string): string | null {
    return this.#stored().pairs.find(([run]) => run === id)?.[1] ?? null
  }

  /** The shown run and what it is compared with; null where it is compared with none, or that is gone. */
  async compared(): Promise<Compared | null> {
    const current = this.#runs.current
    const baseline = current && this.baselineOf(current.id)
    const before = baseline ? await this.#stateOf(baseline) : null
    if (!current || !before) return null
    const widths = widthsOf(current.state)
    const others = this.#stored().pairs.filter(([run, with_]) => with_ === baseline && run !== current.id)
    const states = await Promise.all(others.map(([run]) => this.#stateOf(run)))
    const same = states.filter((state) => state?.ended?.how === 'completed' && widthsOf(state) === widths)
    return { before, after: [current.state, ...same.filter((state) => state !== null)] }
  }

  dispose(): void {
    this.#unsubscribe()
  }

  #begun(id: string, script: string): void {
    const { pairs, expected } = this.#stored()
    if (expected?.script !== script) return
    const { baseline, runs } = expected
    const left = runs > 1 ? { ...expected, runs: runs - 1 } : null
    void this.#store({ pairs: [...pairs, [id, baseline] as [string, string]].slice(-MAX_PAIRS), expected: left })
  }

  async #stateOf(id: string): Promise<RunState | null> {
    const known = this.#runs.all.find((run) => run.id === id)
    return known?.state ?? (await readEndedRun(runFolder(this.#storage, id)))?.state ?? null
  }

  #stored(): Memory {
    return this.#memory.get<Memory>(MEMORY_KEY) ?? { pairs: [], expected: null }
  }

  async #store(memory: Memory): Promise<void> {
    await this.#memory.update(MEMORY_KEY, memory)
  }
}

function widthsOf({ layers, inherited }: RunState): string {
  return JSON.stringify([inherited !== null, layers.map(({ id, width }) => [id, width])])
}

import type { KeptCovariance } from '../../learned/covariancesFile.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { poolWindows } from './poolWindows.ts'

/** One process of a training: what its log says, and the covariances that it has kept. */
export interface MergedRun {
  /** The log, as the person has named it. */
  readonly log: string
  readonly state: RunState
  readonly kept: readonly KeptCovariance[]
}

/** Layers of several processes, pooled. */
export interface MergedLayers {
  /** In the order of the first run. */
  readonly windows: KeptCovariance[]
  /** A sentence on each thing that could not be pooled, or differs between the runs. */
  readonly notes: string[]
}

/**
 * Pools what several processes have measured of the same layers. A layer that not all of them have measured in the same way
 * is left out, because its covariance would not be that of all the data.
 * @param runs two or more
 */
export function mergeRuns(runs: readonly MergedRun[]): MergedLayers {
  const notes = [...deltaNotes(runs)]
  const windows: KeptCovariance[] = []
  for (const { layer, split } of everyWindow(runs)) {
    const found = runs.map((run) => ({
      run,
      window: run.kept.find((each) => each.layer === layer && each.split === split),
      described: run.state.layers.find(({ id }) => id === layer),
    }))
    const name = split === 'train' ? layer : `${layer} in evaluations`
    const missing = found.filter(({ window, described }) => !window || !described)
    if (missing.length > 0) {
      notes.push(`${name} is left out: ${missing.map(({ run }) => run.log).join(' and ')} did not keep its covariance.`)
      continue
    }
    const difference =
      differing(found, ({ window }) => String(window!.covariance.width), 'widths') ??
      differing(found, ({ described }) => partOf(described!), 'parts of the network') ??
      differing(
        found,
        ({ run }) => JSON.stringify(run.state.attached?.measure ?? null),
        'options of what is measured',
        true,
      )
    if (difference !== null) {
      notes.push(`${name} is left out: ${difference}.`)
      continue
    }
    const parts = found.map(({ window }) => window!)
    const moved = differing(found, ({ window }) => `steps ${window!.steps.first}–${window!.steps.last}`, 'windows')
    if (moved !== null) notes.push(`${name}: ${moved}. Weights have moved in between, which widens the spectrum.`)
    windows.push(poolWindows(parts))
  }
  return { windows, notes }
}

/** Every layer and split that a run has kept, in the order of the first run that has it. */
function everyWindow(runs: readonly MergedRun[]): Pick<KeptCovariance, 'layer' | 'split'>[] {
  const known = new Map<string, Pick<KeptCovariance, 'layer' | 'split'>>()
  for (const { kept } of runs)
    for (const { layer, split } of kept) {
      const key = `${split} ${layer}`
      if (!known.has(key)) known.set(key, { layer, split })
    }
  return [...known.values()]
}

function deltaNotes(runs: readonly MergedRun[]): string[] {
  const deltas = runs.map(({ state }) => state.attached?.delta ?? null)
  if (new Set(deltas).size === 1) return []
  const each = runs.map(({ log }, i) => `${deltas[i] ?? 'an unknown one'} in ${log}`).join(', ')
  return [`The runs have different deltas: ${each}. The pooled k is counted at that of the first.`]
}

/** What a layer is in its network, in words: its kind, and where it is measured. */
function partOf({ kind, activation, measuredBehind }: LayerState): string {
  const fused = activation === null || activation === 'linear' ? '' : ` with ${activation}`
  return `${kind}${fused}${measuredBehind === undefined ? '' : `, measured behind ${measuredBehind}`}`
}

/** Says how runs differ; null where they do not. @param isLong whether the values are too long to be told */
function differing<Found extends { run: MergedRun }>(
  found: readonly Found[],
  value: (one: Found) => string,
  what: string,
  isLong = false,
): string | null {
  const values = found.map(value)
  if (new Set(values).size === 1) return null
  const each = found.map(({ run }, i) => (isLong ? run.log : `${values[i]} in ${run.log}`)).join(', ')
  return isLong ? `the runs have different ${what} (${each})` : `the runs have different ${what}: ${each}`
}

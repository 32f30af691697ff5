import { meanProfile, profileOf, type Profile } from './profile.ts'
import type { RunState } from '../../run/state.ts'
import { compareRuns, type ComparedNetwork, type Comparison } from '../compareRuns.ts'
import { recommendedNetwork } from '../recommended.ts'

/** What has become of a trial, as far as it is shown. */
interface SweptTrial {
  readonly network: string
  readonly how: 'completed' | 'failed' | 'given up' | 'out of memory'
  readonly reason: string | null
  readonly seconds: number
  readonly peakBytes: number | null
  readonly state: RunState
}

/** A network of a sweep. */
export interface SweptNetwork extends Omit<ComparedNetwork, 'failed'> {
  /** The worst of its trials. */
  readonly how: SweptTrial['how']
  /** A sentence; null where all trials were completed. */
  readonly reason: string | null
  readonly profile: Profile
  /** Mean seconds of a trial. */
  readonly seconds: number
  /** Bytes of memory that a trial took at most; null where that is not known. */
  readonly peakBytes: number | null
}

/** Networks that were trained with different settings, the script as it is first. */
export interface Sweep {
  readonly metric: Comparison['metric']
  readonly networks: readonly SweptNetwork[]
}

/** The trials of a sweep as networks. @param trials in the order of the plan, those of the script as it is first */
export function sweepOf(trials: readonly SweptTrial[], metric: string | null): Sweep {
  const byName = new Map<string, SweptTrial[]>()
  for (const trial of trials) byName.set(trial.network, [...(byName.get(trial.network) ?? []), trial])
  const compared = compareRuns(
    [...byName].map(([name, all]) => ({ name, runs: runsOf(all) })),
    { metric },
  )
  const networks = compared.networks.map(({ failed: _, ...network }): SweptNetwork => {
    const own = byName.get(network.name)!
    const worst = own.find(({ how }) => how !== 'completed')
    const peaks = own.flatMap(({ peakBytes }) => peakBytes ?? [])
    return {
      ...network,
      runs: own.length,
      how: worst?.how ?? 'completed',
      reason: worst?.reason ?? null,
      profile: meanProfile(runsOf(own).map(profileOf)),
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length,
      peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    }
  })
  return { metric: compared.metric, networks }
}

/**
 * The network with the fewest parameters that is not shown to be worse than the script as it is; of equal ones the better.
 * Null where there is none.
 */
export function recommendedOfSweep(sweep: Sweep): SweptNetwork | null {
  const networks = sweep.networks.map((network) => ({
    ...network,
    failed: network.how === 'completed' ? null : network.how,
  }))
  const { name } = recommendedNetwork({ metric: sweep.metric, networks }) ?? {}
  return sweep.networks.find((network) => network.name === name) ?? null
}

/** The runs that a network is judged by: those that were completed, where there are any. */
function runsOf(trials: readonly SweptTrial[]): RunState[] {
  const completed = trials.filter(({ how }) => how === 'completed')
  return (completed.length > 0 ? completed : trials).map(({ state }) => state)
}

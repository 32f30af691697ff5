import { findTail, probedNetwork, withoutTail, type ProbedNetwork } from '../comparison/contribution/tail.ts'
import { tailWords } from '../presentation/trials/probe.ts'
import type { RunState } from '../run/state.ts'

/** Probes as JSON has them: with each layer's saturation, and the tail. */
export interface ProbeJson extends ProbedNetwork {
  tail: {
    kind: 'tail' | 'plateau' | 'rising' | 'unknown'
    /** Name of the layer behind which no probe is better. */
    border: string
    /** Names of the layers that add nothing, for a tail those of low saturation. */
    layers: string[]
    words: string[]
    /** What leaves the tail out, as `--set` reads it; empty where there is none. */
    overrides: string[]
  } | null
}

/** The probes of a run; null where there are none. */
export function probeJson(run: Pick<RunState, 'probe' | 'layers'>): ProbeJson | null {
  const network = probedNetwork(run)
  if (!network) return null
  const tail = findTail(network)
  if (!tail) return { ...network, tail }
  const overrides = tail.kind === 'tail' ? withoutTail(run.layers, tail) : []
  return {
    ...network,
    tail: {
      kind: tail.kind,
      border: tail.border.name,
      layers: tail.layers.map(({ name }) => name),
      words: tailWords(network),
      overrides: overrides.map(({ layer, property, value }) => `${layer}.${property}=${JSON.stringify(value)}`),
    },
  }
}

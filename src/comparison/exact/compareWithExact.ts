import type { Exact } from '../../protocol/trials/exact.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import type { RunState } from '../../run/state.ts'

/** A difference with its 95 % band; the band is null where none is known. */
interface Difference {
  value: number
  low: number | null
  high: number | null
}

/** The online estimate of a layer beside the exact one. */
export interface LayerWithExact {
  /** Id of the layer. */
  layer: string
  name: string
  width: number
  /** The last window of the training, or the last pass of evaluation where that is the source. */
  online: { k: number; saturation: number; observations: number; firstStep: number | null; lastStep: number | null }
  exact: { k: number; saturation: number; low: number | null; high: number | null; observations: number }
  /** Online less exact: of k, and of saturation, a share. */
  error: { k: Difference; saturation: Difference }
  blocks: number
  replicates: number
}

/** A run's online estimates beside the exact ones. */
export interface ComparedWithExact extends Omit<Exact, 'layers'> {
  layers: LayerWithExact[]
}

/** Compares what a run has measured online with the exact covariances at its last weights; null where these are not known. */
export function compareWithExact({ exact, layers }: Pick<RunState, 'exact' | 'layers'>): ComparedWithExact | null {
  if (!exact || exact.layers.length === 0) return null
  const compared = exact.layers.flatMap((each): LayerWithExact[] => {
    const state = layers.find(({ id }) => id === each.layer)
    const online = exact.source === 'training' ? (state?.sufficient ?? state?.train) : state?.eval
    return online?.width === each.width && online.delta === exact.delta ? [beside(online, each)] : []
  })
  return { ...exact, layers: compared }
}

function beside(online: Measurement, exact: Exact['layers'][number]): LayerWithExact {
  const { width, band } = exact
  const difference = (scale: number): Difference => ({
    value: (online.k - exact.k) / scale,
    low: band && (online.k - band.high) / scale,
    high: band && (online.k - band.low) / scale,
  })
  return {
    layer: exact.layer,
    name: exact.name,
    width,
    online: {
      k: online.k,
      saturation: online.k / width,
      observations: online.observations,
      firstStep: online.steps?.first ?? null,
      lastStep: online.steps?.last ?? null,
    },
    exact: {
      k: exact.k,
      saturation: exact.k / width,
      low: band?.low ?? null,
      high: band?.high ?? null,
      observations: exact.observations,
    },
    error: { k: difference(1), saturation: difference(width) },
    blocks: exact.blocks,
    replicates: exact.replicates,
  }
}

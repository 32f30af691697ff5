import type { Sweep } from '../comparison/sweep/sweep.ts'

/** A sweep as data for machines. */
export function sweepJson({ metric, networks }: Sweep): object {
  return {
    metric: metric && { name: metric.name, better: metric.better, source: metric.source },
    networks: networks.map((network) => ({
      name: network.name,
      overrides: network.overrides,
      trials: network.runs,
      result: network.how,
      reason: network.reason,
      value: network.value && {
        mean: network.value.mean,
        deviation: network.value.deviation,
        values: network.value.values,
      },
      difference: network.difference,
      saturation: network.profile.mean,
      evenness: network.profile.evenness,
      profile: network.profile.layers,
      parameters: network.parameters,
      flops: network.flops,
      stepMs: network.stepMs?.mean ?? null,
      seconds: network.seconds,
      peakBytes: network.peakBytes,
    })),
  }
}

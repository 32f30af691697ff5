import type { Probed } from '../../src/protocol/trials/probe.ts'

/** Probes with these values on 2,000 held-out examples, each chunk with the same value. */
export function probedOf(
  layers: readonly { layer: string; value: number; chunks?: number[] }[],
  more: Partial<Probed> = {},
): Probed {
  const around = (value: number): [number, number] => [value - 0.01, Math.min(1, value + 0.01)]
  const alike = (value: number): number[] => Array.from({ length: 20 }, () => value)
  return {
    ...{ model: 'sequential_1', metric: 'accuracy', outputs: 10, source: 'validation', chance: 0.11 },
    examples: { training: 8000, testing: 2000 },
    own: { value: 0.96, interval: around(0.96), chunks: alike(0.96) },
    chunkSizes: alike(100),
    layers: layers.map(({ layer, value, chunks }) => ({
      ...{ layer, name: layer, value, interval: around(value), chunks: chunks ?? alike(value) },
      ...{ features: 100, pooling: 'whole', windows: [], examples: 8000 },
      ...{ penalty: 0.01, iterations: 40, gradient: 5e-5, converged: true, seconds: 1 },
    })),
    late: [],
    running: null,
    tolerance: 1e-4,
    fingerprint: 'one',
    notes: [],
    seconds: 8,
    done: true,
    ...more,
  }
}

import type { Plan, Proof } from '../../src/protocol/proof.ts'

/** A balanced plan with these widths, which loses a tenth of a point of 98.7 %. */
export function balanced(widths: Record<string, number>, parts: Partial<Plan> = {}): Plan {
  const measured = { parameters: 12_800, value: 0.986, interval: [-0.004, 0.002] as [number, number] }
  return { tolerance: 'balanced', limit: 0.005, widths, ...measured, ...parts }
}

/** A finished proof with one group for each of these lists of layers, all of one width; parts can be exchanged. */
export function proofOf(groups: readonly string[][], plans: readonly Plan[], parts: Partial<Proof> = {}): Proof {
  return {
    metric: 'val_acc',
    better: 'higher',
    isShare: true,
    source: 'validation',
    examples: { deciding: 500, reporting: 500 },
    recalibrated: [],
    parameters: 40_000,
    value: 0.987,
    groups: groups.map((layers) => ({
      layers,
      width: 128,
      kept: null,
      curve: [
        { width: 128, value: 0.988 },
        { width: 64, value: 0.971 },
      ],
    })),
    plans: [...plans],
    evaluations: 20,
    seconds: 2,
    phase: 'done',
    ...parts,
  }
}

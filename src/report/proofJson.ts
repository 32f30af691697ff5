import type { Proof } from '../protocol/proof.ts'

/** A proof as `saturation prove --json` and the report have it; values as the script's own metric reports them. */
export interface ProofJson {
  metric: string
  better: Proof['better']
  source: Proof['source']
  examples: Proof['examples']
  recalibrated: string[]
  phase: Proof['phase']
  seconds: number
  evaluations: number
  plans: {
    tolerance: Proof['plans'][number]['tolerance']
    /** By layer, of the layers whose width changes. */
    widths: Record<string, number>
    parameters: { before: number; after: number }
    /** Floating-point operations of the forward pass for an example; null where they are not known. */
    flops: { before: number | null; after: number | null }
    /** `interval` is that of the difference, at 95 %. */
    value: { before: number | null; after: number | null; interval: [number | null, number | null] }
  }[]
  layers: { name: string; group: string[]; width: number; kept: string | null; curve: Curve }[]
}
type Curve = Proof['groups'][number]['curve']

/** The JSON of a proof. Layers of one group have the same curve. */
export function proofJson(proof: Proof): ProofJson {
  const { metric, better, source, examples, recalibrated, phase, seconds, evaluations } = proof
  return {
    ...{ metric, better, source, examples, recalibrated, phase, seconds, evaluations },
    plans: proof.plans.map(({ tolerance, widths, parameters, flops, value, interval }) => ({
      tolerance,
      widths,
      parameters: { before: proof.parameters, after: parameters },
      flops: { before: proof.flops ?? null, after: flops ?? null },
      value: { before: proof.value, after: value, interval },
    })),
    layers: proof.groups.flatMap(({ layers, width, kept, curve }) =>
      layers.map((name) => ({ name, group: layers, width, kept, curve })),
    ),
  }
}

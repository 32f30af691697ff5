/**
 * What a trace, or a share of it, may be off by, of the trace: sums of a batch are in float32, off by a few units of 6e-8,
 * and of squares about a point that may be 64 variances away from the mean before it moves. How the processor adds them up
 * decides the rest.
 */
export const ROUNDING = 65 * 8 * 2 ** -24

/**
 * Largest relative error of a trace, or of a share of it. A batch is summed in float32, with errors of a few units of
 * 6e-8; how many depends on the processor's order of summation. The squares are about a fixed point that may be 64
 * variances away from the mean before it moves.
 */
export const ROUNDING = 65 * 8 * 2 ** -24

/** Relative rounding of float32, in which training backends compute and sum. */
export const FLOAT32 = 2 ** -23
/** Relative rounding of float64. */
export const FLOAT64 = 2 ** -52

/** Machine epsilon of float32, the precision in which training backends compute and sum. */
export const FLOAT32_EPSILON = 2 ** -23
/** Machine epsilon of float64. */
export const FLOAT64_EPSILON = 2 ** -52

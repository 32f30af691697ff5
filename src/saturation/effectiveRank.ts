/**
 * Effective rank of a covariance: the exponential of the entropy of its eigenvalues' shares (Roy and Vetterli 2007,
 * "The effective rank: a measure of effective dimensionality"). It lies between 1 (a single direction has variance) and
 * the number of eigenvalues (all are equal).
 * @param eigenvalues in any order and unit; negative ones, which come from rounding, count as zero.
 * @returns null when they sum to zero.
 */
export function effectiveRank(eigenvalues: ArrayLike<number>): number | null {
  let total = 0
  for (let i = 0; i < eigenvalues.length; i++) total += Math.max(0, eigenvalues[i]!)
  if (total === 0) return null
  let entropy = 0
  for (let i = 0; i < eigenvalues.length; i++) {
    const share = eigenvalues[i]! / total
    if (share > 0) entropy -= share * Math.log(share)
  }
  return Math.exp(entropy)
}

/** Ending of the file with what a run has learned; it lies beside the run's log. */
const WEIGHTS_ENDING = '.weights.safetensors'

/** Path of the file with what the run of a log has learned; the run may have left none. */
export function weightsFileOf(log: string): string {
  return isWeightsFile(log) ? log : `${log.replace(/\.jsonl$/, '')}${WEIGHTS_ENDING}`
}

/** Path of the file with the covariances that the run of a log has kept; the run may have left none. */
export function covariancesFileOf(log: string): string {
  return `${log.replace(/\.jsonl$/, '')}.covariances.safetensors`
}

/** Whether a path is that of such a file and not of a log. */
export function isWeightsFile(file: string): boolean {
  return file.endsWith(WEIGHTS_ENDING)
}

/**
 * Where a run's log is, and whether it has all of the run.
 * @param incomplete why it lacks something; null when it is complete
 */
export function describeLog(file: string, incomplete: string | null): string {
  return incomplete === null ? `Log: ${file}, complete.` : `Log: ${file}, not complete: ${incomplete}.`
}

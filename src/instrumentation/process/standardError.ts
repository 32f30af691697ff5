/** Prints a message to standard error: for what cannot be reported to the session. */
export function printToStandardError(message: string): void {
  process.stderr.write(`Saturation Inspector: ${message}\n`)
}

/**
 * Lets the process outlive its terminal: closing VS Code hangs it up, and from then on every write to it fails.
 * Output is lost, which the person has agreed to by the setting.
 */
export function outliveTerminal(): void {
  process.on('SIGHUP', () => {})
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

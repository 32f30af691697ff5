/**
 * Lets the process outlive its terminal. When VS Code closes, the process gets SIGHUP, and every later write to the
 * terminal fails. Later output is lost; the person has accepted that with the setting.
 */
export function surviveHangup(): void {
  process.on('SIGHUP', () => {})
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

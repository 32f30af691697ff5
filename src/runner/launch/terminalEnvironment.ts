import { TERMINAL_VARIABLE } from '../../protocol/handshake.ts'

/**
 * Environment variables that make every Node process of a terminal look for an invitation. The caller puts the value of
 * `NODE_OPTIONS` before the existing one; the space at its end separates the two. Both values stay the same when the
 * window is reloaded, so that open terminals need not be relaunched.
 * @param loader absolute path of a copy of `dist/terminal.cjs`
 * @param invitation absolute path of the invitation file that a `Reception` writes
 */
export function terminalEnvironment(loader: string, invitation: string): Record<string, string> {
  // Node splits the variable at spaces and reads a backslash in quotes as an escape. It accepts slashes on every
  // system.
  const option = `--require "${loader.replaceAll('\\', '/').replaceAll('"', '\\"')}"`
  return { NODE_OPTIONS: `${option} `, [TERMINAL_VARIABLE]: invitation }
}

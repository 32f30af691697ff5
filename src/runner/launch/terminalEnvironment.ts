import { TERMINAL_VARIABLE } from '../../protocol/handshake.ts'

/**
 * What makes every node of a terminal look for an invitation. `NODE_OPTIONS` is to be put before what is there
 * already; the space at its end keeps the two apart. Both values are the same from window to window, so that a terminal
 * that outlives a reload has nothing to catch up with.
 * @param loader absolute path of a copy of `dist/terminal.cjs`
 * @param invitation absolute path of the file that `Reception` keeps
 */
export function terminalEnvironment(loader: string, invitation: string): Record<string, string> {
  // Node splits the variable at spaces and takes a backslash in quotes for an escape; it takes slashes on every system.
  const option = `--require "${loader.replaceAll('\\', '/').replaceAll('"', '\\"')}"`
  return { NODE_OPTIONS: `${option} `, [TERMINAL_VARIABLE]: invitation }
}

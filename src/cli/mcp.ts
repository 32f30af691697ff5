import { spawn } from 'node:child_process'
import path from 'node:path'

/**
 * Serves assistants over standard input and output, in a process of its own that takes over both.
 * @param folder whose logs they may look at, beside the runs of the editor's history
 * @returns the exit code
 */
export function serveAssistants(folder: string): Promise<number> {
  const child = spawn(process.execPath, [path.join(__dirname, 'mcp.cjs'), path.resolve(folder)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 0))
  })
}

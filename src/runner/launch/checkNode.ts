import { execFile } from 'node:child_process'
import { LaunchError } from './launchError.ts'

/** Oldest major version of Node that has all the preload uses: source maps switched on at run time, worker threads. */
const MIN_NODE_MAJOR = 18
/** Milliseconds that Node may take to print its version. */
const VERSION_TIMEOUT_MS = 15_000

/**
 * Asks a Node for its version.
 * @returns the version without the leading v.
 * @throws LaunchError when the command cannot be executed, is not Node, or is too old.
 */
export function checkNode(command = 'node'): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => reject(new LaunchError(message))
    execFile(command, ['--version'], { timeout: VERSION_TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      const setIt = 'Install Node.js, or set its path (setting saturation.node, option --node).'
      if (error?.code === 'ENOENT') return fail(`${command} was not found. ${setIt}`)
      if (error?.code === 'EACCES') return fail(`${command} may not be executed. ${setIt}`)
      // Runners such as tsx print their own version on a line before Node's.
      const version = /(?:^|node )v(\d+)\.(\d+\.\d+\S*)/m.exec(stdout)
      if (error || !version)
        return fail(`${command} does not answer like Node.js${error ? ` (${error.message.trim()})` : ''}. ${setIt}`)
      if (Number(version[1]) < MIN_NODE_MAJOR) {
        return fail(`${command} is Node.js ${version[1]}.${version[2]}; at least ${MIN_NODE_MAJOR} is needed. ${setIt}`)
      }
      resolve(`${version[1]}.${version[2]}`)
    })
  })
}

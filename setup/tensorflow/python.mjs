/**
 * Finds and runs Python. The set-up needs it for two things: pip downloads the wheel from the package index that this
 * machine is configured for, and node-gyp is partly written in Python.
 */
import { run } from '../lib/childProcess.mjs'

/** Time limit for asking a Python for its version, in milliseconds. */
const QUERY_TIMEOUT_MS = 30_000

/**
 * How to start a Python: `args` come before any others.
 * @typedef {{ command: string, args: string[], version: string }} Python
 */

/**
 * Finds a Python of version 3.9 or newer that has pip.
 * @returns {Promise<Python>}
 * @throws {Error} when there is none; the message says what was found instead and what to do
 */
export async function findPython() {
  /** @type {string[]} */
  const rejected = []
  for (const [command, ...args] of [['python3'], ['python'], ['py', '-3']]) {
    const runCandidate = (/** @type {string[]} */ ...rest) =>
      run(/** @type {string} */ (command), [...args, ...rest], { timeout: QUERY_TIMEOUT_MS })
    const version = await runCandidate('-c', 'import sys; print("%d.%d" % sys.version_info[:2])').then(
      (s) => s.trim(),
      () => undefined,
    )
    if (version === undefined) continue
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major < 3 || (major === 3 && minor < 9)) rejected.push(`${command} is ${version}`)
    else if (
      await runCandidate('-m', 'pip', '--version').then(
        () => false,
        () => true,
      )
    )
      rejected.push(`${command} ${version} has no pip`)
    else return { command: /** @type {string} */ (command), args, version }
  }
  throw new Error(
    `No Python >= 3.9 with pip was found${rejected.length ? ` (${rejected.join(', ')})` : ''}. ` +
      'Install it (Debian, Ubuntu: apt-get install python3 python3-pip) and start again.',
  )
}

/**
 * Runs Python.
 * @param {Python} python
 * @param {string[]} args
 * @param {import('../lib/childProcess.mjs').RunOptions} [options]
 * @returns {Promise<string>} its standard output
 * @throws {import('../lib/childProcess.mjs').CommandError}
 */
export function runPython(python, args, options = {}) {
  const env = {
    ...process.env,
    PYTHONUNBUFFERED: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    ...options.env,
  }
  return run(python.command, [...python.args, ...args], { ...options, env })
}

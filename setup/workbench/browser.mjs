/**
 * Finds or installs a Chromium for the end-to-end tests. Playwright's own download is blocked on many machines, and any
 * Chromium serves.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { CommandError, run } from '../lib/childProcess.mjs'
import { findOnPath, isExecutable } from '../lib/findOnPath.mjs'

/** Time limit for each call of apt-get, in milliseconds. */
const INSTALL_TIMEOUT_MS = 600_000

/** Commands of Chromium and of browsers that are based on it, in order of preference. */
const COMMAND_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
]

/** Paths where such browsers are usually installed. */
const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const base = process.env[variable]
    return base
      ? [
          path.join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          path.join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
        ]
      : []
  }),
]

/**
 * Finds an installed browser: the one in `SATURATION_CHROMIUM`, else one on PATH, else one in the usual paths.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its path
 * @throws {Error} when SATURATION_CHROMIUM names something that cannot be run
 */
export function findBrowser(env = process.env) {
  if (env.SATURATION_CHROMIUM) {
    if (isExecutable(env.SATURATION_CHROMIUM)) return env.SATURATION_CHROMIUM
    throw new Error(`SATURATION_CHROMIUM is ${env.SATURATION_CHROMIUM}, which cannot be run.`)
  }
  return findOnPath(COMMAND_NAMES, env) ?? USUAL_PATHS.find(isExecutable)
}

/**
 * Finds a browser, or installs one with apt-get if there is none and we have the rights to do so.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} its path
 * @throws {Error} when there is no browser and none could be installed; the message says what to do
 */
export async function ensureBrowser(report) {
  const found = findBrowser()
  if (found) return found
  const advice = 'Install Chromium or Chrome, or set SATURATION_CHROMIUM to the path of one.'
  const prefix = await adminCommandPrefix()
  if (!prefix) throw new Error(`No Chromium was found. ${advice}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const [command = '', ...args] = [...prefix, 'apt-get', '-q']
  /** @type {import('../lib/childProcess.mjs').RunOptions} */
  const options = { env, timeout: INSTALL_TIMEOUT_MS, onLine: (line) => report?.(line.slice(0, 60)) }
  try {
    await run(command, [...args, 'update'], options)
    await run(command, [...args, 'install', '-y', '--no-install-recommends', 'chromium'], options)
  } catch (error) {
    const { message, tail } = /** @type {CommandError} */ (error)
    throw new CommandError(`No Chromium was found and installing one failed (${message}). ${advice}`, tail)
  }
  const installed = findBrowser()
  if (!installed) throw new Error(`The package manager installed no Chromium that could be found. ${advice}`)
  return installed
}

/**
 * Returns the words to put before `apt-get` so that it runs as root without a password prompt.
 * @returns {Promise<string[] | undefined>} undefined when that is not possible
 */
async function adminCommandPrefix() {
  if (!existsSync('/usr/bin/apt-get')) return undefined
  if (process.getuid?.() === 0) return []
  return run('sudo', ['-n', 'true'], { timeout: 10_000 }).then(
    () => ['sudo', '-n'],
    () => undefined,
  )
}

/**
 * Starts VS Code for the browser on a folder. Only this machine can reach it. `npm start` and the end-to-end tests use
 * it.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { provideCodeServer } from './codeServer.mjs'
import { ROOT } from '../lib/paths.mjs'
import { CommandError, run } from '../lib/childProcess.mjs'
import {
  commonArguments,
  createShortTempFolder,
  MAX_DATA_DIR_LENGTH,
  serverEnvironment,
  writeSettings,
} from './server.mjs'

/** The address that the server listens on. */
const HOST = '127.0.0.1'

/** Time within which the server must answer after its start, in milliseconds. */
const START_TIMEOUT_MS = 60_000

/** Time after which a server that was told to stop is killed, in milliseconds. */
const KILL_AFTER_MS = 8000

/** Time limit of one health check, in milliseconds. */
const HEALTH_CHECK_TIMEOUT_MS = 2000

/** Pause between two health checks during the start, in milliseconds. */
const HEALTH_CHECK_INTERVAL_MS = 50

/** Time limit for the installation of an extension, in milliseconds. */
const INSTALL_TIMEOUT_MS = 120_000

/** Number of the server's last output lines in an error message. */
const MAX_SHOWN_LOG_LINES = 20

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} folder the folder to open
 * @property {string} [openFile] a file to show in the editor
 * @property {string} extensionsDir where extensions are installed; see `installVsix`
 * @property {string} userDataDir settings and state; at most 80 characters, see `createShortTempFolder`
 * @property {boolean} trust false keeps VS Code's workspace trust on: the folder is not trusted until the user says so
 * @property {NodeJS.ProcessEnv} [env] variables that are added to the extension host's environment; undefined removes
 *   one
 * @property {Readonly<Record<string, unknown>>} [settings] user settings; those already in `userDataDir` win
 * @property {number} [port] preferred port; if it is in use, a free one is chosen
 */

/**
 * @typedef {object} Workbench
 * @property {string} url the server's address, `http://127.0.0.1:PORT`
 * @property {string} openUrl the address that opens the folder and the file
 * @property {number} port
 * @property {number} pid leader of the process group in which everything runs
 * @property {string} logFile path of the file with the server's output
 * @property {Promise<void>} ended resolves when the server has ended, for any reason
 * @property {() => Promise<void>} stop ends all processes and resolves when the server has ended; idempotent
 */

/**
 * Starts the workbench and waits until it answers. It runs until `stop` is called or this process ends.
 * @param {WorkbenchOptions} options
 * @returns {Promise<Workbench>}
 * @throws {CommandError} with the server's last output, when it ends or does not answer within a minute
 * @throws {Error} when the path `userDataDir` is too long for a socket, or code-server cannot be provided
 */
export async function startWorkbench(options) {
  const { folder, openFile, extensionsDir, userDataDir, trust, settings = {} } = options
  if (userDataDir.length > MAX_DATA_DIR_LENGTH)
    throw new Error(`${userDataDir} is too long a path for a socket in it (at most ${MAX_DATA_DIR_LENGTH} characters).`)
  const { node, entry } = await provideCodeServer()
  writeSettings(userDataDir, settings)
  mkdirSync(extensionsDir, { recursive: true })
  const port = await choosePort(options.port)
  const logFile = path.join(userDataDir, 'server.log')
  const log = openSync(logFile, 'w')
  const args = ['--bind-addr', `${HOST}:${port}`, '--disable-getting-started-override', '--disable-proxy']
  if (trust) args.push('--disable-workspace-trust')
  const guard = path.join(ROOT, 'setup', 'workbench', 'guard.mjs')
  const child = spawn(
    process.execPath,
    [guard, node, entry, ...commonArguments(userDataDir, extensionsDir), ...args, folder],
    {
      cwd: folder,
      env: serverEnvironment(userDataDir, options.env),
      detached: true,
      stdio: ['pipe', log, log],
    },
  )
  closeSync(log)
  // If the guard process ends early, the caller must get the error of a failed start, not an unhandled error of the
  // pipe.
  child.stdin?.on('error', () => {})
  let hasEnded = false
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    const finish = () => ((hasEnded = true), resolve())
    child.once('exit', finish).once('error', finish)
  })
  const stop = async () => {
    child.stdin?.end()
    const timer = setTimeout(() => killGroup(child.pid), KILL_AFTER_MS)
    await ended
    clearTimeout(timer)
  }
  const url = `http://${HOST}:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await isHealthy(url))) {
    if (!hasEnded && Date.now() < deadline) {
      await sleep(HEALTH_CHECK_INTERVAL_MS)
      continue
    }
    const problem = hasEnded ? 'ended' : `did not answer within ${START_TIMEOUT_MS / 1000} s`
    await stop()
    throw new CommandError(
      `The browser workbench ${problem}.`,
      readFileSync(logFile, 'utf8').split('\n').slice(-MAX_SHOWN_LOG_LINES).join('\n'),
    )
  }
  return { url, openUrl: workbenchUrl(url, folder, openFile), port, pid: child.pid ?? 0, logFile, ended, stop }
}

/**
 * Installs a packaged extension.
 * @param {string} vsix path of the package
 * @param {string} extensionsDir
 * @throws {CommandError} when code-server refuses it
 * @throws {Error} when code-server cannot be provided
 */
export async function installVsix(vsix, extensionsDir) {
  const { node, entry } = await provideCodeServer()
  const userDataDir = createShortTempFolder()
  try {
    writeSettings(userDataDir, {})
    const args = [entry, ...commonArguments(userDataDir, extensionsDir), '--install-extension', path.resolve(vsix)]
    await run(node, args, { env: serverEnvironment(userDataDir), timeout: INSTALL_TIMEOUT_MS })
  } finally {
    rmSync(userDataDir, { recursive: true, force: true })
  }
}

/** Returns the URL that opens a folder and a file. @param {string} url @param {string} folder @param {string} [file] */
function workbenchUrl(url, folder, file) {
  const query = new URLSearchParams({ folder })
  if (file)
    query.set('payload', JSON.stringify([['openFile', `vscode-remote://${new URL(url).host}${encodeURI(file)}`]]))
  return `${url}/?${query}`
}

/** Tells whether the server answers. @param {string} url */
async function isHealthy(url) {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_CHECK_TIMEOUT_MS) }).then(
    (answer) => answer.ok,
    () => false,
  )
}

/**
 * Returns the preferred port if it is free, otherwise any free port.
 * @param {number | undefined} preferred
 * @returns {Promise<number>}
 */
function choosePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => (preferred === 0 ? reject(error) : resolve(choosePort())))
    probe.listen(preferred, HOST, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has already ended.
  }
}

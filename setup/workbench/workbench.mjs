/**
 * Starts VS Code for the browser on a folder, on this machine only. Used by `npm start` and by the end-to-end tests.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { provideCodeServer } from './codeServer.mjs'
import { ROOT } from '../lib/paths.mjs'
import { CommandError, run } from '../lib/childProcess.mjs'
import { commonArguments, LONGEST_DATA_DIR, serverEnvironment, shortTempFolder, writeSettings } from './server.mjs'

export { shortTempFolder }

const HOST = '127.0.0.1'
const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 8000

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} folder the folder to open
 * @property {string} [openFile] a file to show in the editor
 * @property {string} extensionsDir where extensions are installed; see `installVsix`
 * @property {string} userDataDir settings and state; at most 80 characters, see `shortTempFolder`
 * @property {boolean} trust false leaves workspace trust on, so that the folder is not trusted until somebody says so
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the extension host; undefined removes a variable
 * @property {Readonly<Record<string, unknown>>} [settings] user settings; those already in `userDataDir` win
 * @property {number} [port] preferred port; another one is taken when it is in use
 */

/**
 * @typedef {object} Workbench
 * @property {string} url the server's address, `http://127.0.0.1:PORT`
 * @property {string} openUrl the address that opens the folder and the file
 * @property {number} port
 * @property {number} pid leader of the process group that everything runs in
 * @property {string} logFile what the server printed
 * @property {Promise<void>} ended resolves when the server is gone, for whatever reason
 * @property {() => Promise<void>} stop ends everything and resolves when it is gone; may be called again
 */

/**
 * Starts the workbench and waits until it answers. It ends with `stop`, or when this process ends in any way.
 * @param {WorkbenchOptions} options
 * @returns {Promise<Workbench>}
 * @throws {CommandError} with the server's last output, when it ends or does not answer within a minute
 * @throws {Error} when `userDataDir` is too long for a socket's path or code-server cannot be provided
 */
export async function startWorkbench(options) {
  const { folder, openFile, extensionsDir, userDataDir, trust, settings = {} } = options
  if (userDataDir.length > LONGEST_DATA_DIR)
    throw new Error(`${userDataDir} is too long a path for a socket in it (at most ${LONGEST_DATA_DIR} characters).`)
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
  // Losing the guard must show as a failed start, not as an unhandled error of its pipe.
  child.stdin?.on('error', () => {})
  let over = false
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    const finish = () => ((over = true), resolve())
    child.once('exit', finish).once('error', finish)
  })
  const stop = async () => {
    child.stdin?.end()
    const timer = setTimeout(() => killGroup(child.pid), STOP_LIMIT_MS)
    await ended
    clearTimeout(timer)
  }
  const url = `http://${HOST}:${port}`
  const deadline = Date.now() + START_LIMIT_MS
  while (!(await isHealthy(url))) {
    if (!over && Date.now() < deadline) {
      await sleep(50)
      continue
    }
    const why = over ? 'ended' : `did not answer within ${START_LIMIT_MS / 1000} s`
    await stop()
    throw new CommandError(
      `The browser workbench ${why}.`,
      readFileSync(logFile, 'utf8').split('\n').slice(-20).join('\n'),
    )
  }
  return { url, openUrl: addressOf(url, folder, openFile), port, pid: child.pid ?? 0, logFile, ended, stop }
}

/**
 * Installs a packaged extension.
 * @param {string} vsix
 * @param {string} extensionsDir
 * @throws {CommandError} when code-server refuses it
 * @throws {Error} when code-server cannot be provided
 */
export async function installVsix(vsix, extensionsDir) {
  const { node, entry } = await provideCodeServer()
  const userDataDir = shortTempFolder()
  try {
    writeSettings(userDataDir, {})
    const args = [entry, ...commonArguments(userDataDir, extensionsDir), '--install-extension', path.resolve(vsix)]
    await run(node, args, { env: serverEnvironment(userDataDir), timeout: 120_000 })
  } finally {
    rmSync(userDataDir, { recursive: true, force: true })
  }
}

/** @param {string} url @param {string} folder @param {string} [file] */
function addressOf(url, folder, file) {
  const query = new URLSearchParams({ folder })
  if (file)
    query.set('payload', JSON.stringify([['openFile', `vscode-remote://${new URL(url).host}${encodeURI(file)}`]]))
  return `${url}/?${query}`
}

/** @param {string} url */
async function isHealthy(url) {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.ok,
    () => false,
  )
}

/** @param {number | undefined} preferred @returns {Promise<number>} */
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
    // It has just ended.
  }
}

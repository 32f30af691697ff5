/**
 * `npm start`: runs the set-up, then opens VS Code on the MNIST example with the extension loaded and starts the
 * training.
 *
 *     --no-open   only print the address, do not open a web browser
 *     --browser   use the browser workbench even if there is a desktop VS Code
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { findOnPath } from './lib/findOnPath.mjs'
import { isAlive } from './lib/lock.mjs'
import { ROOT } from './lib/paths.mjs'
import { prepare } from './prepare.mjs'
import { createProfile } from './workbench/profile.mjs'
import { createProgress, describeError } from './lib/progress.mjs'
import { killStartedPrograms, run } from './lib/childProcess.mjs'
import { INTERACTIVE_SETTINGS } from './workbench/settings.mjs'
import { startWorkbench } from './workbench/workbench.mjs'

/** The example that VS Code opens. */
const EXAMPLE_FOLDER = path.join(ROOT, 'examples', 'mnist')

/** The training script that is shown and run. */
const EXAMPLE_SCRIPT = path.join(EXAMPLE_FOLDER, 'train.js')

/** The file with the model, which is shown beside it: its layers get the numbers. */
const EXAMPLE_MODEL = path.join(EXAMPLE_FOLDER, 'model.js')

/** Port of the browser workbench if it is free. */
const PREFERRED_PORT = 8420

/** Time for the desktop's `code` command to open a window, in milliseconds. */
const OPEN_TIMEOUT_MS = 60_000

/** Interval at which we check whether npm still runs, in milliseconds. */
const PARENT_CHECK_INTERVAL_MS = 2000

const flags = process.argv.slice(2)
const progress = createProgress()
/** Ends what is running at the moment; replaced when the next phase of the start begins. @type {() => Promise<void>} */
let cleanUp = () => Promise.resolve(killStartedPrograms())
let isExiting = false

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void exit(0))
void exitWithParent()
await main().catch((error) => {
  progress.say(`\n${describeError(error)}\n\ndocs/setup.md tells more about what is fetched and what can go wrong.`)
  return exit(1)
})

async function main() {
  // The extension starts one run for each new value of this variable. The random part makes it start one now, but not
  // after a reload.
  const request = { nonce: randomUUID(), script: EXAMPLE_SCRIPT, beside: EXAMPLE_MODEL }
  const env = { SATURATION_START: JSON.stringify(request) }
  const code = flags.includes('--browser') ? undefined : findDesktopCode()
  progress.say('Saturation Inspector: set-up')
  const { vsix, missing } = await prepare(progress, { workbench: !code, browser: false })
  if (code) return openDesktop(code, env)
  if (!vsix || missing.includes('VS Code for the browser'))
    throw new Error('There is neither a desktop VS Code nor a browser workbench to open.')

  const profile = await createProfile(vsix)
  cleanUp = () => Promise.resolve(profile.release())
  const workbench = await progress.step('workbench', () =>
    startWorkbench({
      folder: EXAMPLE_FOLDER,
      openFile: EXAMPLE_SCRIPT,
      ...profile,
      trust: true,
      env,
      settings: INTERACTIVE_SETTINGS,
      port: PREFERRED_PORT,
    }),
  )
  cleanUp = () => workbench.stop().finally(() => profile.release())
  progress.done()
  console.log(`\nVS Code is running with the example. Open this address:\n\n  ${workbench.openUrl}\n\nCtrl+C ends it.`)
  if (!flags.includes('--no-open') && hasDisplay()) openInBrowser(workbench.openUrl)
  await workbench.ended
  await exit(1, 'The workbench has ended by itself.')
}

/** Finds a desktop VS Code that can open a window here. @returns {string | undefined} path of its `code` command */
function findDesktopCode() {
  // VS Code refuses to run as root. In a terminal of a remote window, `code` only controls that window.
  if (!hasDisplay() || process.getuid?.() === 0 || process.env.VSCODE_IPC_HOOK_CLI) return undefined
  return findOnPath(['code'])
}

/** @param {string} code @param {Record<string, string>} env */
async function openDesktop(code, env) {
  const args = [
    '--new-window',
    '--disable-workspace-trust',
    `--extensionDevelopmentPath=${ROOT}`,
    '--goto',
    EXAMPLE_SCRIPT,
    EXAMPLE_FOLDER,
  ]
  const windows = process.platform === 'win32'
  // On Windows `code` is a batch file, and only a shell can start a batch file.
  const [command, rest] = windows ? [process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', code, ...args]] : [code, args]
  await progress.step('VS Code', () =>
    run(command, rest, { env: { ...process.env, ...env }, timeout: OPEN_TIMEOUT_MS }),
  )
  progress.done()
  console.log(
    '\nVS Code has opened the example in a new window. `npm start -- --browser` opens it in a web browser instead.',
  )
}

function hasDisplay() {
  return ['darwin', 'win32'].includes(process.platform) || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/** @param {string} address */
function openInBrowser(address) {
  const [command = '', ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['explorer', address]
        : ['xdg-open', address]
  // The command may not exist. That does no harm: the address has been printed.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

/** Cleans up once, then exits. @param {number} code the exit code @param {string} [message] printed as an error */
async function exit(code, message) {
  if (isExiting) return
  isExiting = true
  progress.done()
  if (message) console.error(message)
  await cleanUp().catch(() => {})
  process.exit(code)
}

/**
 * Exits when npm is gone. npm forwards signals to us, but it cannot forward its own `kill -9`. A shell between npm and
 * us may survive, so the grandparent process is checked too.
 */
async function exitWithParent() {
  const parent = process.ppid
  const grandparent = process.env.npm_lifecycle_event
    ? await run('ps', ['-o', 'ppid=', '-p', String(parent)]).then(Number, () => 0)
    : 0
  setInterval(() => {
    if (process.ppid !== parent || (grandparent > 1 && !isAlive(grandparent))) void exit(1)
  }, PARENT_CHECK_INTERVAL_MS).unref()
}

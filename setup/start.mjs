/**
 * `npm start`: everything that is needed, then VS Code on the example with the extension loaded and the run started.
 *
 *     --no-open   do not open a web browser, only print the address
 *     --browser   the browser workbench even where there is a desktop VS Code
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { findOnPath } from './lib/findOnPath.mjs'
import { isAlive } from './lib/lock.mjs'
import { ROOT } from './lib/paths.mjs'
import { prepare } from './prepare.mjs'
import { createProfile } from './workbench/profile.mjs'
import { createProgress, describe } from './lib/progress.mjs'
import { endAll, run } from './lib/childProcess.mjs'
import { FRIENDLY_SETTINGS } from './workbench/settings.mjs'
import { startWorkbench } from './workbench/workbench.mjs'

const FOLDER = path.join(ROOT, 'examples', 'mnist')
const SCRIPT = path.join(FOLDER, 'train.js')
const PORT = 8420

const flags = process.argv.slice(2)
const progress = createProgress()
/** What has to end before we do; replaced as the start goes on. @type {() => Promise<void>} */
let close = () => Promise.resolve(endAll())
let leaving = false

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => void leave(0))
void leaveWithParent()
await main().catch((error) => {
  progress.say(`\n${describe(error)}\n\ndocs/setup.md tells more about what is fetched and what can go wrong.`)
  return leave(1)
})

async function main() {
  // The extension starts the run once for every new value of this variable, not again when the window is reloaded.
  const env = { SATURATION_START: `${randomUUID()}:${SCRIPT}` }
  const code = flags.includes('--browser') ? undefined : desktopCode()
  progress.say('Saturation Inspector: set-up')
  const { vsix, missing } = await prepare(progress, { workbench: !code, browser: false })
  if (code) return openDesktop(code, env)
  if (!vsix || missing.includes('VS Code for the browser'))
    throw new Error('There is neither a desktop VS Code nor a browser workbench to open.')

  const profile = await createProfile(vsix)
  close = () => Promise.resolve(profile.release())
  const workbench = await progress.step('workbench', () =>
    startWorkbench({
      folder: FOLDER,
      openFile: SCRIPT,
      ...profile,
      trust: true,
      env,
      settings: FRIENDLY_SETTINGS,
      port: PORT,
    }),
  )
  close = () => workbench.stop().finally(() => profile.release())
  progress.done()
  console.log(`\nVS Code is running with the example. Open this address:\n\n  ${workbench.openUrl}\n\nCtrl+C ends it.`)
  if (!flags.includes('--no-open') && hasDisplay()) openInBrowser(workbench.openUrl)
  await workbench.ended
  await leave(1, 'The workbench has ended by itself.')
}

/** A desktop VS Code that can open a window here. @returns {string | undefined} its `code` command */
function desktopCode() {
  // It refuses to run as root, and in a remote terminal `code` only talks to a window elsewhere.
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
    SCRIPT,
    FOLDER,
  ]
  const windows = process.platform === 'win32'
  // `code` is a batch file on Windows, which only a shell can start.
  const [command, rest] = windows ? [process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', code, ...args]] : [code, args]
  await progress.step('VS Code', () => run(command, rest, { env: { ...process.env, ...env }, timeout: 60_000 }))
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
  // It may not exist, and the address has been printed.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

/** @param {number} code @param {string} [why] */
async function leave(code, why) {
  if (leaving) return
  leaving = true
  progress.done()
  if (why) console.error(why)
  await close().catch(() => {})
  process.exit(code)
}

/** npm passes signals on to us, but not its own death by `kill -9`; between it and us there may be a shell that lives on. */
async function leaveWithParent() {
  const parent = process.ppid
  const above = process.env.npm_lifecycle_event
    ? await run('ps', ['-o', 'ppid=', '-p', String(parent)]).then(Number, () => 0)
    : 0
  setInterval(() => {
    if (process.ppid !== parent || (above > 1 && !isAlive(above))) void leave(1)
  }, 2000).unref()
}

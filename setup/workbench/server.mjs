/**
 * How code-server is called, for starting it and for installing an extension.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** The longest path of a user data folder: a Unix socket's path may have about 107 bytes, and the server puts its name behind it. */
export const LONGEST_DATA_DIR = 80

/**
 * A new empty folder, private to this user, with a path short enough for sockets. The caller removes it.
 * @returns {string}
 * @throws errors of the file system
 */
export function shortTempFolder() {
  // The temporary folder of macOS is half a socket path already.
  const base = os.tmpdir().length > 30 && existsSync('/tmp') ? '/tmp' : os.tmpdir()
  return mkdtempSync(path.join(base, 'sat-'))
}

/**
 * What every call of code-server is given.
 * @param {string} userDataDir
 * @param {string} extensionsDir
 * @returns {string[]}
 */
export function commonArguments(userDataDir, extensionsDir) {
  const config = path.join(userDataDir, 'config.yaml')
  return [
    '--config',
    config,
    '--auth',
    'none',
    '--user-data-dir',
    userDataDir,
    '--extensions-dir',
    extensionsDir,
    '--disable-telemetry',
    '--disable-update-check',
  ]
}

/**
 * Puts settings into the user data folder; those that are there already win.
 * @param {string} userDataDir
 * @param {Readonly<Record<string, unknown>>} settings
 * @throws errors of the file system
 */
export function writeSettings(userDataDir, settings) {
  const file = path.join(userDataDir, 'User', 'settings.json')
  mkdirSync(path.dirname(file), { recursive: true })
  // Without a file of ours code-server would write one into the person's home.
  writeFileSync(path.join(userDataDir, 'config.yaml'), 'auth: none\n')
  let own = {}
  try {
    if (existsSync(file)) own = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return // edited by hand, with comments: theirs to keep
  }
  writeFileSync(file, JSON.stringify({ ...settings, ...own }, null, 2))
}

/**
 * The environment of code-server, and with it of the extension host and of every terminal.
 * @param {string} userDataDir
 * @param {NodeJS.ProcessEnv} [more] added to ours; undefined removes a variable
 * @returns {NodeJS.ProcessEnv}
 */
export function serverEnvironment(userDataDir, more = {}) {
  const env = { ...process.env }
  // What the person's own VS Code or npm left there would mislead the server and the trainings started in it.
  for (const name of Object.keys(env)) {
    if (
      /^(VSCODE_|CODE_SERVER_|npm_)/.test(name) ||
      ['NODE_OPTIONS', 'PORT', 'PASSWORD', 'HASHED_PASSWORD', 'ELECTRON_RUN_AS_NODE', 'INIT_CWD'].includes(name)
    )
      delete env[name]
  }
  const gallery = JSON.stringify({
    serviceUrl: '',
    itemUrl: '',
    resourceUrlTemplate: '',
    controlUrl: '',
    recommendationsUrl: '',
  })
  return { ...env, EXTENSIONS_GALLERY: gallery, XDG_DATA_HOME: path.join(userDataDir, 'data'), ...more }
}

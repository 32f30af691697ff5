/**
 * Arguments, settings and environment of code-server, both for starting it and for installing an extension.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Longest path of a user data folder, in characters. The server appends a socket's name to it, and the path of a Unix
 * socket may have about 107 bytes.
 */
export const MAX_DATA_DIR_LENGTH = 80

/**
 * Creates an empty folder that only this user can access, with a path short enough for sockets. The caller removes it.
 * @returns {string}
 * @throws errors of the file system
 */
export function createShortTempFolder() {
  // On macOS the path of the temporary folder alone has half the length of a socket's path.
  const base = os.tmpdir().length > 30 && existsSync('/tmp') ? '/tmp' : os.tmpdir()
  return mkdtempSync(path.join(base, 'sat-'))
}

/**
 * Returns the arguments that every call of code-server needs.
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
 * Writes settings into the user data folder. Settings that are already there stay.
 * @param {string} userDataDir
 * @param {Readonly<Record<string, unknown>>} settings
 * @throws errors of the file system
 */
export function writeSettings(userDataDir, settings) {
  const file = path.join(userDataDir, 'User', 'settings.json')
  mkdirSync(path.dirname(file), { recursive: true })
  // Without this file code-server would create one in the user's home folder.
  writeFileSync(path.join(userDataDir, 'config.yaml'), 'auth: none\n')
  let existing = {}
  try {
    if (existsSync(file)) existing = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return // the user has edited the file and added comments; it is left unchanged
  }
  writeFileSync(file, JSON.stringify({ ...settings, ...existing }, null, 2))
}

/**
 * Returns the environment of code-server. The extension host and every terminal inherit it.
 * @param {string} userDataDir
 * @param {NodeJS.ProcessEnv} [more] variables that are added to ours; undefined removes one
 * @returns {NodeJS.ProcessEnv}
 */
export function serverEnvironment(userDataDir, more = {}) {
  const env = { ...process.env }
  // Variables of the user's own VS Code or npm would mislead the server and the trainings that are started in it.
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

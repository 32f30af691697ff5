/**
 * Paths of the clone and of the cache. Nothing in this module creates a file or folder.
 */
import { realpathSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top folder of the clone; of the installed extension where this file ships with it. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * Operating system and processor, for example `linux-x64`. Part of the name of every folder with native code in the
 * cache.
 */
export const PLATFORM = `${process.platform}-${process.arch}`

/**
 * Returns the per-user cache folder, which all clones share.
 * `SATURATION_CACHE` overrides it; otherwise it follows the platform's convention.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} an absolute path that need not exist yet
 */
export function cacheRoot(env = process.env) {
  if (env.SATURATION_CACHE) return path.resolve(env.SATURATION_CACHE)
  const home = os.homedir()
  const base =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : // The XDG Base Directory Specification tells programs to ignore a relative path.
          env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME)
          ? env.XDG_CACHE_HOME
          : path.join(home, '.cache')
  return path.join(base, 'saturation-inspector')
}

/**
 * Tells whether a module is the script that Node was started with.
 * @param {string} moduleUrl the caller's `import.meta.url`
 * @returns {boolean}
 */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl)
}

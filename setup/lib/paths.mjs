/**
 * Where things are. Nothing here creates anything.
 */
import { realpathSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The clone's top folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Operating system and processor as one word, for example `linux-x64`; part of the names of everything native in the cache. */
export const PLATFORM = `${process.platform}-${process.arch}`

/**
 * The per-user cache folder, shared by all clones.
 * `SATURATION_CACHE` overrides it; else the platform's own convention decides.
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
        : // The XDG specification tells programs to ignore a relative value.
          env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME)
          ? env.XDG_CACHE_HOME
          : path.join(home, '.cache')
  return path.join(base, 'saturation-inspector')
}

/**
 * Is this module the one that node was started with?
 * @param {string} moduleUrl the caller's `import.meta.url`
 * @returns {boolean}
 */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl)
}

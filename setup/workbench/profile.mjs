/**
 * Where `npm start` keeps the workbench's state: a folder of the cache for each clone, so that a changed setting or an open panel is
 * still there the next time.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive } from '../lib/lock.mjs'
import { hashFile } from '../lib/manifest.mjs'
import { cacheRoot, ROOT } from '../lib/paths.mjs'
import { LONGEST_DATA_DIR, shortTempFolder } from './server.mjs'
import { installVsix } from './workbench.mjs'

/**
 * @typedef {object} Profile
 * @property {string} userDataDir
 * @property {string} extensionsDir has the extension in it
 * @property {() => void} release to be called when the workbench has ended
 */

/**
 * The clone's own profile; a temporary one when another `npm start` of this clone is using that.
 * @param {string} vsix the packaged extension, installed if the profile has not just this one
 * @returns {Promise<Profile>}
 * @throws {import('../lib/childProcess.mjs').CommandError} when the extension cannot be installed
 */
export async function createProfile(vsix) {
  const own = path.join(cacheRoot(), 'workbench', createHash('sha256').update(ROOT).digest('hex').slice(0, 8))
  const usable = path.join(own, 'data').length <= LONGEST_DATA_DIR && claim(own)
  const folder = usable ? own : shortTempFolder()
  const release = () => rmSync(usable ? ownerFile(own) : folder, { recursive: true, force: true })
  try {
    const extensionsDir = path.join(folder, `extensions-${(await hashFile(vsix)).slice(0, 12)}`)
    const done = path.join(extensionsDir, '.complete')
    if (!existsSync(done)) {
      for (const name of readdirSync(folder))
        if (name.startsWith('extensions-')) rmSync(path.join(folder, name), { recursive: true })
      await installVsix(vsix, extensionsDir)
      writeFileSync(done, '')
    }
    return { userDataDir: path.join(folder, 'data'), extensionsDir, release }
  } catch (error) {
    release()
    throw error
  }
}

/** @param {string} folder */
function ownerFile(folder) {
  return path.join(folder, 'owner')
}

/**
 * Takes the folder for this process.
 * @param {string} folder
 * @returns {boolean} false when another live process has it
 */
function claim(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = ownerFile(folder)
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST' || attempt === 2) return false
      if (isAlive(Number(readFileSync(file, 'utf8')))) return false
      rmSync(file, { force: true })
    }
  }
  return false
}

/**
 * Provides the folder in which `npm start` keeps the workbench's state. Each clone has its own folder in the cache, so
 * that changed settings and open panels are still there at the next start.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive } from '../lib/lock.mjs'
import { hashFile } from '../lib/manifest.mjs'
import { cacheRoot, ROOT } from '../lib/paths.mjs'
import { createShortTempFolder, MAX_DATA_DIR_LENGTH } from './server.mjs'
import { installVsix } from './workbench.mjs'

/**
 * @typedef {object} Profile
 * @property {string} userDataDir folder for settings and state
 * @property {string} extensionsDir folder in which the extension is installed
 * @property {() => void} release must be called when the workbench has ended
 */

/**
 * Returns the clone's profile, or a temporary one while another `npm start` of this clone uses it.
 * @param {string} vsix path of the packaged extension; it is installed unless the profile has exactly this one already
 * @returns {Promise<Profile>}
 * @throws {import('../lib/childProcess.mjs').CommandError} when the extension cannot be installed
 */
export async function createProfile(vsix) {
  const cloneFolder = path.join(cacheRoot(), 'workbench', createHash('sha256').update(ROOT).digest('hex').slice(0, 8))
  const isClaimed = path.join(cloneFolder, 'data').length <= MAX_DATA_DIR_LENGTH && claim(cloneFolder)
  const folder = isClaimed ? cloneFolder : createShortTempFolder()
  const release = () => rmSync(isClaimed ? ownerFile(cloneFolder) : folder, { recursive: true, force: true })
  try {
    const extensionsDir = path.join(folder, `extensions-${(await hashFile(vsix)).slice(0, 12)}`)
    const completeMarker = path.join(extensionsDir, '.complete')
    if (!existsSync(completeMarker)) {
      for (const name of readdirSync(folder))
        if (name.startsWith('extensions-')) rmSync(path.join(folder, name), { recursive: true })
      await installVsix(vsix, extensionsDir)
      writeFileSync(completeMarker, '')
    }
    return { userDataDir: path.join(folder, 'data'), extensionsDir, release }
  } catch (error) {
    release()
    throw error
  }
}

/** Path of the file with the pid of the process that uses a profile. @param {string} folder */
function ownerFile(folder) {
  return path.join(folder, 'owner')
}

/**
 * Claims a profile folder for this process.
 * @param {string} folder
 * @returns {boolean} false when another live process uses it
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

/**
 * The per-user cache of finished folders, which all clones share.
 *
 * A folder in the cache is either complete or absent: it is built under a temporary name beside its final place, gets a
 * manifest, and is then renamed in one step. An interrupted set-up therefore continues with the step that was
 * interrupted.
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { withLock } from './lock.mjs'
import { isIntact, writeManifest } from './manifest.mjs'
import { cacheRoot } from './paths.mjs'

/**
 * Returns the folder `name` of the cache, and builds it first if it is missing or damaged.
 * @param {string} name identifies the content, for example by version and platform; different content needs a different
 *   name
 * @param {(folder: string) => Promise<void>} build fills an empty folder
 * @param {(text: string) => void} [report] called when another set-up is building the same folder
 * @returns {Promise<string>} the folder's path
 * @throws whatever `build` throws (nothing is left in the folder's place), and errors of the file system
 */
export async function cached(name, build, report) {
  const folder = path.join(cacheRoot(), name)
  if (await isIntact(folder)) return folder
  return withLock(
    `${folder}.lock`,
    async () => {
      // The process that held the lock has probably built the folder.
      if (await isIntact(folder)) return folder
      const unfinished = `${folder}.unfinished`
      await rm(unfinished, { recursive: true, force: true })
      await mkdir(unfinished, { recursive: true })
      try {
        await build(unfinished)
        await writeManifest(unfinished)
        await rm(folder, { recursive: true, force: true })
        await rename(unfinished, folder)
      } catch (error) {
        await rm(unfinished, { recursive: true, force: true })
        throw error
      }
      return folder
    },
    (holder) => report?.(`waiting for another set-up (${holder})`),
  )
}

/**
 * Returns the folder for downloads in progress, and creates it if needed. Its files survive an interruption, so that a
 * download can continue.
 * @returns {Promise<string>}
 * @throws errors of the file system
 */
export async function downloadsFolder() {
  const folder = path.join(cacheRoot(), 'downloads')
  await mkdir(folder, { recursive: true })
  return folder
}

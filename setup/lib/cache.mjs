/**
 * The cache: finished folders that clones share. A folder in it is either whole or absent: it is built beside its place,
 * gets a manifest, and is moved there in one step. An interrupted set-up therefore continues with the step that it was in.
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { withLock } from './lock.mjs'
import { isIntact, writeManifest } from './manifest.mjs'
import { cacheRoot } from './paths.mjs'

/**
 * The folder `name` of the cache, built first if it is missing or damaged.
 * @param {string} name names the content exactly (version, platform): what has another content has another name
 * @param {(folder: string) => Promise<void>} build fills an empty folder
 * @param {(text: string) => void} [report] told when another set-up is building the same thing
 * @returns {Promise<string>} the folder's path
 * @throws whatever `build` throws (nothing is left in the folder's place), and errors of the file system
 */
export async function cached(name, build, report) {
  const folder = path.join(cacheRoot(), name)
  if (await isIntact(folder)) return folder
  return withLock(
    `${folder}.lock`,
    async () => {
      // The one we waited for has probably built it.
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
 * A folder for downloads in progress. What is in it survives an interruption, so that a download can continue.
 * @returns {Promise<string>}
 * @throws errors of the file system
 */
export async function downloadsFolder() {
  const folder = path.join(cacheRoot(), 'downloads')
  await mkdir(folder, { recursive: true })
  return folder
}

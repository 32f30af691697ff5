/**
 * Writes and checks a folder's manifest: SHA-256, size and modification time of every file in the folder. A later check
 * costs one `stat` per file; a file is read again only if its modification time changed and its size did not.
 */
import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/** File name of the manifest in the folder that it describes. */
const MANIFEST_NAME = '.manifest.json'

/**
 * A file is recorded as [size, mtimeMs, sha256], a symbolic link as [target].
 * @typedef {[number, number, string] | [string]} Entry
 */

/**
 * Computes the SHA-256 of a file's content.
 * @param {string} file
 * @returns {Promise<string>} in hexadecimal
 * @throws errors of the file system
 */
export async function hashFile(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/**
 * Lists all files and symbolic links below a folder, as paths relative to it, in a stable order.
 * @param {string} folder
 * @param {(relative: string) => boolean} [keep] called for files and folders; false leaves out a file, or a folder with
 *   everything in it
 * @returns {Promise<string[]>}
 * @throws errors of the file system
 */
export async function listFiles(folder, keep = () => true) {
  /** @type {string[]} */
  const found = []
  /** @param {string} relative */
  async function walk(relative) {
    for (const entry of await readdir(path.join(folder, relative), { withFileTypes: true })) {
      const name = path.posix.join(relative, entry.name)
      if (!keep(name)) continue
      if (entry.isDirectory()) await walk(name)
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(name)
    }
  }
  await walk('')
  return found.sort()
}

/**
 * Writes the manifest of a folder into it.
 * @param {string} folder
 * @throws errors of the file system
 */
export async function writeManifest(folder) {
  /** @type {Record<string, Entry>} */
  const files = {}
  for (const name of await listFiles(folder)) {
    if (name === MANIFEST_NAME) continue
    const file = path.join(folder, name)
    const stat = lstatSync(file)
    files[name] = stat.isSymbolicLink() ? [readlinkSync(file)] : [stat.size, stat.mtimeMs, await hashFile(file)]
  }
  writeFileSync(path.join(folder, MANIFEST_NAME), JSON.stringify({ version: 1, files }))
}

/**
 * Tells whether every file of the manifest is present and unchanged. Files that were added later, for example compiled
 * Python, do no harm and are ignored.
 * @param {string} folder
 * @returns {Promise<boolean>} also false when there is no folder or no manifest
 */
export async function isIntact(folder) {
  try {
    const { version, files } = JSON.parse(readFileSync(path.join(folder, MANIFEST_NAME), 'utf8'))
    if (version !== 1) return false
    for (const [name, entry] of /** @type {[string, Entry][]} */ (Object.entries(files))) {
      const file = path.join(folder, name)
      // Synchronous on purpose: tens of thousands of `stat` calls are ten times faster this way.
      const stat = lstatSync(file)
      if (entry.length === 1) {
        if (!stat.isSymbolicLink() || readlinkSync(file) !== entry[0]) return false
      } else if (stat.size !== entry[0]) return false
      else if (stat.mtimeMs !== entry[1] && (await hashFile(file)) !== entry[2]) return false
    }
    return true
  } catch {
    return false
  }
}

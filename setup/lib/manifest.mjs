/**
 * A folder's manifest: SHA-256, size and modification time of every file in it. Checking it later costs one `stat` per file; a
 * file is read again only if its size or time changed.
 */
import { createHash } from 'node:crypto'
import { createReadStream, lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

const NAME = '.manifest.json'

/** A file as [size, mtimeMs, sha256], a symbolic link as [target]. @typedef {[number, number, string] | [string]} Entry */

/**
 * SHA-256 of a file's content, in hex.
 * @param {string} file
 * @returns {Promise<string>}
 * @throws errors of the file system
 */
export async function hashFile(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/**
 * All files and links below a folder, relative to it, in a stable order.
 * @param {string} folder
 * @param {(relative: string) => boolean} [keep] asked for folders too; false leaves out everything below
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
    if (name === NAME) continue
    const file = path.join(folder, name)
    const stat = lstatSync(file)
    files[name] = stat.isSymbolicLink() ? [readlinkSync(file)] : [stat.size, stat.mtimeMs, await hashFile(file)]
  }
  writeFileSync(path.join(folder, NAME), JSON.stringify({ version: 1, files }))
}

/**
 * Is every file of the manifest there, unchanged? Files added since (compiled Python, say) do no harm and are not looked for.
 * @param {string} folder
 * @returns {Promise<boolean>} false also when there is no folder or no manifest
 */
export async function isIntact(folder) {
  try {
    const { version, files } = JSON.parse(readFileSync(path.join(folder, NAME), 'utf8'))
    if (version !== 1) return false
    for (const [name, entry] of /** @type {[string, Entry][]} */ (Object.entries(files))) {
      const file = path.join(folder, name)
      // Synchronous on purpose: tens of thousands of stats are ten times faster this way.
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

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** Bytes of the longest file that is read. Longer ones are bundles or data. */
const MAX_BYTES = 4_000_000
/** Bytes of the files that are kept in memory at most. */
const MAX_KEPT_BYTES = 32_000_000

interface Kept {
  modified: number
  size: number
  text: string
}

/** Texts by path, in the order in which they were read. */
const kept = new Map<string, Kept>()
let keptBytes = 0

/**
 * Reads a regular file, or gives its text again if it has not been modified since. Never throws, and never waits for
 * anything but a disk: pipes and devices are not opened.
 * @returns null when there is no such file, it is no regular file, or it is longer than 4 MB.
 */
export function readSource(file: string): string | null {
  try {
    const { mtimeMs, size } = statOfRegular(file)
    const known = kept.get(file)
    if (known?.modified === mtimeMs && known.size === size) return known.text
    const text = readRegular(file)
    keep(file, { modified: mtimeMs, size, text })
    return text
  } catch {
    return null
  }
}

function statOfRegular(file: string): { mtimeMs: number; size: number } {
  const stats = statSync(file)
  if (!stats.isFile() || stats.size > MAX_BYTES) throw new Error('not a source file')
  return stats
}

function readRegular(file: string): string {
  // Where a pipe has taken the file's place since it was looked at, opening it must not wait for a writer.
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!fstatSync(handle).isFile()) throw new Error('not a source file')
    const bytes = Buffer.alloc(MAX_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(handle, bytes, length, bytes.length - length, null)
    // A file that claims to be short may be endless, as those of /proc.
    if (length > MAX_BYTES) throw new Error('not a source file')
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(handle)
  }
}

function keep(file: string, text: Kept): void {
  keptBytes += text.size - (kept.get(file)?.size ?? 0)
  kept.delete(file)
  kept.set(file, text)
  for (const [oldest, { size }] of kept) {
    if (keptBytes <= MAX_KEPT_BYTES) return
    kept.delete(oldest)
    keptBytes -= size
  }
}

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as v from 'valibot'
import { isAlive } from '../processAlive.ts'

/** Who holds a lock. */
const Holder = v.object({ pid: v.number(), host: v.string() })
type Holder = v.InferOutput<typeof Holder>

/**
 * Claims a file for this process, by a hidden file beside it. A claim of a process that is gone is taken over.
 * @returns a function that gives the file free; or the process that has claimed the file.
 * @throws the file system's error when nothing can be written there.
 */
export function lockFile(file: string): { release: () => void } | { heldBy: Holder; lock: string } {
  const lock = path.join(path.dirname(file), `.${path.basename(file)}.lock`)
  const own = JSON.stringify({ pid: process.pid, host: os.hostname() })
  // Of several processes that find a dead claim only one removes it, so few rounds settle who is the next.
  for (let round = 0; ; round++) {
    try {
      writeFileSync(lock, own, { flag: 'wx', mode: 0o600 })
      return { release: () => rmSync(lock, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // A full disk: the file is there, and empty.
        if (read(lock) === '') rmSync(lock, { force: true })
        throw error
      }
    }
    const found = read(lock)
    if (found === null) continue
    const heldBy = holderIn(found)
    if (isHeld(heldBy) || round > 10) return { heldBy, lock }
    removeDead(lock, found)
  }
}

/** A process of another machine that shares the folder cannot be asked, so it is taken to be alive. */
function isHeld({ pid, host }: Holder): boolean {
  return host !== os.hostname() || isAlive(pid)
}

function read(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    return null
  }
}

/** The holder; a claim that was cut off while it was written is taken for one of a process that is gone. */
function holderIn(text: string): Holder {
  try {
    return v.parse(Holder, JSON.parse(text))
  } catch {
    return { pid: 2 ** 31 - 1, host: os.hostname() }
  }
}

/** Removes a claim by moving it first: another process may have put its own there since it was read. */
function removeDead(lock: string, found: string): void {
  const moved = `${lock}.${process.pid}`
  try {
    renameSync(lock, moved)
    if (read(moved) === found) rmSync(moved, { force: true })
    else renameSync(moved, lock)
  } catch {
    // Another process was faster.
  }
}

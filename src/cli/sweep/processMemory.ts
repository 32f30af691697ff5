import { execFile } from 'node:child_process'
import os from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Share of the machine's memory that trials may take, where no other limit is given. */
const MEMORY_SHARE = 0.8
/** Bytes of a kilobyte as `ps` counts them. */
const BYTES_PER_KB = 1024

/**
 * Bytes of memory that processes and all that they have started take now.
 * @param roots process ids
 * @returns by root; empty where the system does not tell (no `ps`, as on Windows)
 */
export async function memoryOf(roots: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (roots.length === 0) return new Map()
  try {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss='])
    return memoryIn(stdout, roots)
  } catch {
    return new Map()
  }
}

/** Sums the memory of process trees. @param table lines of process id, parent's id and kilobytes */
export function memoryIn(table: string, roots: readonly number[]): ReadonlyMap<number, number> {
  const kilobytes = new Map<number, number>()
  const children = new Map<number, number[]>()
  for (const line of table.split('\n')) {
    const [pid, parent, size] = line.trim().split(/\s+/).map(Number)
    if (pid === undefined || parent === undefined || size === undefined || Number.isNaN(size)) continue
    kilobytes.set(pid, size)
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const sizeOf = (pid: number): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + sizeOf(child), kilobytes.get(pid) ?? 0)
  return new Map(roots.filter((pid) => kilobytes.has(pid)).map((pid) => [pid, BYTES_PER_KB * sizeOf(pid)]))
}

/** Bytes of memory that all trials of this machine may take at once, where no other limit is given. */
export function memoryLimit(): number {
  return MEMORY_SHARE * totalMemory()
}

/** Bytes of memory that this process may use: a container may have less than the machine. */
function totalMemory(): number {
  const limit = process.constrainedMemory()
  const total = os.totalmem()
  return limit > 0 && limit < total ? limit : total
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

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

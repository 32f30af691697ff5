import { readlinkSync } from 'node:fs'
import os from 'node:os'

/**
 * Added to the thread's nice value. At 10 more than the training's threads, the thread gets about a tenth of their time
 * while they are busy, and all of the time that they leave idle.
 */
const NICE_INCREMENT = 10
/** Lowest priority that Linux has, as a nice value. */
const MAX_NICE = 19

/**
 * Gives the calling thread a lower priority than the training's threads, with which it would otherwise share the cores
 * half and half. A worker thread that never rested made a training on all cores a third slower at equal priority, and a
 * twentieth slower at this one. Only Linux has priorities of single threads. On other systems, and where /proc cannot
 * be read, nothing changes.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return
  try {
    // The link reads PROCESS/task/THREAD. Linux's setpriority(2) accepts a thread's id in the place of a process's.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    os.setPriority(thread, Math.min(MAX_NICE, os.getPriority() + NICE_INCREMENT))
  } catch {
    // The thread keeps its priority.
  }
}

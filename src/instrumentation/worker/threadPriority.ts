import { readlinkSync } from 'node:fs'
import os from 'node:os'

/** As `nice` counts: next to the training's threads a tenth of what they get; all of it where they want nothing. */
const LOWER = 10
const LOWEST = 19

/**
 * Puts the calling thread behind the training's, which it would otherwise share the cores with half and half: a worker
 * thread at work without rest made a training on all cores a third slower, and at this priority a twentieth. Only Linux
 * has priorities of single threads; elsewhere, and where /proc is not to be read, nothing changes.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    // PROCESS/task/THREAD: setpriority(2) of Linux takes a thread for a process.
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    os.setPriority(thread, Math.min(LOWEST, os.getPriority() + LOWER))
  } catch {
    // As fast as before.
  }
}

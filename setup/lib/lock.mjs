/**
 * A lock between processes: a file that only one of them can create.
 *
 * The holder writes its pid and host name into the file and updates the file's modification time while it works (a
 * heartbeat). This makes it possible to recognise a lock that a killed process left behind: at once on the same
 * machine, because the pid is gone; after a minute on another machine that shares the folder, because the heartbeat is
 * missing.
 */
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Interval at which the holder updates the lock file's modification time, in milliseconds. */
const HEARTBEAT_INTERVAL_MS = 10_000

/** Age of the last heartbeat above which a lock counts as abandoned, in milliseconds. */
const ABANDONED_AFTER_MS = 60_000

/** Interval at which a waiting process tries again to take the lock, in milliseconds. */
const RETRY_INTERVAL_MS = 300

/**
 * Runs `work` while holding the lock `file`. Waits first while another live process holds the lock.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: string) => void} [onWait] called once, with a description of the holder, if the lock is taken
 * @returns {Promise<T>}
 * @throws whatever `work` throws, and errors of the file system
 */
export async function withLock(file, work, onWait) {
  await mkdir(path.dirname(file), { recursive: true })
  let hasReportedWait = false
  while (!(await tryCreate(file))) {
    const holder = await readHolder(file)
    if (holder === undefined) continue
    if (await isAbandoned(file, holder)) {
      await removeAbandoned(file, holder)
      continue
    }
    if (!hasReportedWait && holder.pid > 0) {
      hasReportedWait = true
      onWait?.(`process ${holder.pid}${holder.host === os.hostname() ? '' : ` on ${holder.host}`}`)
    }
    await sleep(RETRY_INTERVAL_MS)
  }
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_INTERVAL_MS)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await rm(file, { force: true })
  }
}

/** Who holds a lock. `raw` is the lock file's content. @typedef {{ pid: number, host: string, raw: string }} Holder */

/** Creates the lock file. @param {string} file @returns {Promise<boolean>} false when it exists already */
async function tryCreate(file) {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(JSON.stringify({ pid: process.pid, host: os.hostname(), at: Date.now() }))
    await handle.close()
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file @returns {Promise<Holder | undefined>} undefined when the lock has just been released */
async function readHolder(file) {
  const raw = await readFile(file, 'utf8').catch(() => undefined)
  if (raw === undefined) return undefined
  try {
    const { pid, host } = JSON.parse(raw)
    return { pid, host, raw }
  } catch {
    // The file is empty: its writer has not written yet, or died before. Only the file's age can tell which.
    return { pid: 0, host: '', raw }
  }
}

/** @param {string} file @param {Holder} holder */
async function isAbandoned(file, holder) {
  if (holder.host === os.hostname() && !isAlive(holder.pid)) return true
  const age = await stat(file)
    .then((s) => Date.now() - s.mtimeMs)
    .catch(() => 0)
  return age > ABANDONED_AFTER_MS
}

/**
 * Tells whether a process with this id exists.
 * @param {number} pid
 * @returns {boolean}
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Removes an abandoned lock.
 *
 * Two processes may find the same lock abandoned at the same time. The slower one must not remove the lock that the
 * faster one has created meanwhile. The file is therefore first renamed and then read again; if it is a new lock, it is
 * renamed back.
 * @param {string} file @param {Holder} holder
 */
async function removeAbandoned(file, holder) {
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
  } catch {
    return // another process was faster
  }
  if ((await readFile(aside, 'utf8')) === holder.raw) await rm(aside)
  else await rename(aside, file)
}

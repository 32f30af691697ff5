/**
 * A lock between processes: a file that only one of them can create.
 *
 * Its holder writes down who it is and touches the file while it works, so that a lock left behind by a killed process
 * is recognised: at once on the same machine (its pid is gone), after a minute on another machine that shares the folder.
 */
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const HEARTBEAT_MS = 10_000
const ABANDONED_MS = 60_000

/**
 * Runs `work` while holding the lock `file`, waiting for it as long as another live process holds it.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: string) => void} [onWait] called once if somebody else holds it
 * @returns {Promise<T>}
 * @throws whatever `work` throws, and errors of the file system
 */
export async function withLock(file, work, onWait) {
  await mkdir(path.dirname(file), { recursive: true })
  let told = false
  while (!(await tryCreate(file))) {
    const holder = await readHolder(file)
    if (holder === undefined) continue
    if (await isAbandoned(file, holder)) {
      await remove(file, holder)
      continue
    }
    if (!told && holder.pid > 0) {
      told = true
      onWait?.(`process ${holder.pid}${holder.host === os.hostname() ? '' : ` on ${holder.host}`}`)
    }
    await sleep(300)
  }
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await rm(file, { force: true })
  }
}

/** @typedef {{ pid: number, host: string, raw: string }} Holder */

/** @param {string} file */
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
    // Created but not written yet, or its writer died between the two: age alone decides.
    return { pid: 0, host: '', raw }
  }
}

/** @param {string} file @param {Holder} holder */
async function isAbandoned(file, holder) {
  if (holder.host === os.hostname() && !isAlive(holder.pid)) return true
  const age = await stat(file)
    .then((s) => Date.now() - s.mtimeMs)
    .catch(() => 0)
  return age > ABANDONED_MS
}

/**
 * Does a process with this id exist?
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
 * Removes an abandoned lock. Two processes may find it abandoned at once; the slower one must not take away the lock that the
 * faster one has created meanwhile, so the file is first moved aside and looked at again.
 * @param {string} file @param {Holder} holder
 */
async function remove(file, holder) {
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
  } catch {
    return // the other one was faster
  }
  if ((await readFile(aside, 'utf8')) === holder.raw) await rm(aside)
  else await rename(aside, file)
}

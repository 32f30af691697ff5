import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { lockFile } from '../files/fileLock.ts'

/**
 * Bytes that the path of a socket may have. macOS stores the path in 104 bytes, Linux in 108; a longer path is
 * truncated silently or refused.
 */
const MAX_SOCKET_PATH_BYTES = 100
/** Milliseconds between two attempts to find an address free. */
const FREE_CHECK_INTERVAL_MS = 100

/** Milliseconds between two looks for the socket's file: less than a process waits for its session. */
const LOOK_INTERVAL_MS = 1000

/** Another living process listens on the address, so the run belongs to that process. */
export class AddressInUse extends Error {}

/**
 * Makes a new address: a named pipe on Windows, elsewhere a socket in a new folder of mode 0700.
 * @throws the file system's error when the folder cannot be made.
 */
export function newAddress(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\saturation-${randomBytes(16).toString('hex')}`
  const named = path.join(os.tmpdir(), 'saturation-XXXXXX', 'run.sock')
  const parent = Buffer.byteLength(named) < MAX_SOCKET_PATH_BYTES ? os.tmpdir() : '/tmp'
  return path.join(mkdtempSync(path.join(parent, 'saturation-')), 'run.sock')
}

/**
 * Listens on an address. A socket file that a dead process left there is replaced.
 * @throws AddressInUse when a living process listens there.
 * @throws Error when the folder is not private to this user, or the system's error.
 */
export async function listenOn(server: net.Server, address: string): Promise<void> {
  if (isPipe(address)) return listen(server, address)
  ensurePrivateFolder(path.dirname(address))
  await listen(server, address).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return replaceSocket(server, address)
  })
  // The folder keeps other users out already, unless its mode was changed.
  chmodSync(address, 0o600)
}

/** Listens in the place of a dead process. Of several that want to, the lock lets one: no other removes its new socket. */
async function replaceSocket(server: net.Server, address: string): Promise<void> {
  const lock = lockFile(address)
  const inUse = new AddressInUse(`Another process listens on ${address}.`)
  if (!('release' in lock)) throw inUse
  try {
    if (await isAnswered(address)) throw inUse
    rmSync(address, { force: true })
    await listen(server, address)
  } finally {
    lock.release()
  }
}

/**
 * Listens again whenever the socket's file is gone: a temporary folder may be emptied while a training goes on, and a
 * process that finds no session ends itself. Connections stay as they are.
 * @param check called at each look
 * @returns a function that ends this; call it before the server is closed.
 */
export function keepListening(server: net.Server, address: string, check: () => void = () => {}): () => void {
  let isOpening = false
  const look = async (): Promise<void> => {
    check()
    if (isOpening || isPipe(address) || existsSync(address)) return
    isOpening = true
    server.close()
    await listenOn(server, address).catch(() => {})
    isOpening = false
  }
  const timer = setInterval(() => void look(), LOOK_INTERVAL_MS).unref()
  return () => clearInterval(timer)
}

/**
 * Waits until no process accepts connections on an address: a window that was just closed may still be closing its
 * server.
 * @param timeout milliseconds to wait at most
 * @returns false when a process still accepts connections then.
 */
export async function isFree(address: string, timeout: number): Promise<boolean> {
  for (const end = performance.now() + timeout; await isAnswered(address); await setTimeout(FREE_CHECK_INTERVAL_MS)) {
    if (performance.now() >= end) return false
  }
  return true
}

/** True when it is certain that no process listens on the address; one that is only busy does. */
export async function isDead(address: string): Promise<boolean> {
  return ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes((await connectTo(address)) ?? '')
}

/** True when a living process accepts connections on the address, or may: one that is too busy has a full queue. */
async function isAnswered(address: string): Promise<boolean> {
  return !(await isDead(address))
}

/** Tries to connect. @returns null when there was an answer, else the code of the error */
function connectTo(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = net.connect(address)
    probe.once('connect', () => {
      probe.destroy()
      resolve(null)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

/** Removes the folder and socket file of an address; does nothing when they are gone. */
export function removeAddress(address: string): void {
  if (isPipe(address)) return
  const folder = path.dirname(address)
  if (path.basename(folder).startsWith('saturation-')) rmSync(folder, { recursive: true, force: true })
}

function isPipe(address: string): boolean {
  return address.startsWith('\\\\')
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Makes the folder, or checks the existing one: after a restart of the machine the folder may be gone, and another user
 * may have made one of the same name in the shared temporary folder.
 */
function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a folder private to this user; nothing is listened to there.`)
  }
}

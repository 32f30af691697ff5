import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** macOS holds a socket's path in 104 bytes, Linux in 108; a longer one is silently cut or refused. */
const LONGEST_PATH = 100

/** Another live process listens on the address; the run is its business. */
export class AddressInUse extends Error {}

/**
 * A fresh address for one run: a named pipe on Windows, elsewhere a socket in a new folder of mode 0700.
 * @throws the file system's error when no folder can be made.
 */
export function newAddress(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\saturation-${randomBytes(16).toString('hex')}`
  const named = path.join(os.tmpdir(), 'saturation-XXXXXX', 'run.sock')
  const parent = Buffer.byteLength(named) < LONGEST_PATH ? os.tmpdir() : '/tmp'
  return path.join(mkdtempSync(path.join(parent, 'saturation-')), 'run.sock')
}

/**
 * Listens on the address, in place of a socket file that a dead process left there.
 * @throws AddressInUse when a live process listens there.
 * @throws Error when the folder is not private to this user, or the system refuses.
 */
export async function listenOn(server: net.Server, address: string): Promise<void> {
  if (isPipe(address)) return listen(server, address)
  ensurePrivateFolder(path.dirname(address))
  await listen(server, address).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    if (await isAnswered(address)) throw new AddressInUse(`Another process listens on ${address}.`)
    rmSync(address, { force: true })
    await listen(server, address)
  })
  // The folder keeps others out already; a folder that was copied about might not.
  chmodSync(address, 0o600)
}

/**
 * Waits until nobody answers on the address any more: the window that was closed a moment ago may still be letting go.
 * @param patience milliseconds to wait at most
 * @returns false when somebody still answers
 */
export async function isFree(address: string, patience: number): Promise<boolean> {
  for (const end = Date.now() + patience; await isAnswered(address); await setTimeout(100)) {
    if (Date.now() >= end) return false
  }
  return true
}

/** True when a live process accepts connections on the address. */
function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(address)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

/** Removes what `newAddress` and `listenOn` left in the file system; nothing happens when it is gone. */
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

/** After a restart the folder may be gone, and someone else may have taken its name in the shared temporary folder. */
function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a folder private to this user; nothing is listened to there.`)
  }
}

import { lstatSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { lockFile } from '../files/fileLock.ts'
import { isDead } from './address.ts'

/** Milliseconds after which a folder is not one that a session is just about to use. */
const MIN_AGE_MS = 60_000
/** Folders of sockets, as `newAddress` makes them. */
const SOCKET_FOLDER = /^saturation-[A-Za-z0-9]{6}$/
const STORAGE_PREFIX = 'saturation-run-'
/** Folders of the runs of one command. */
const STORAGE_FOLDER = /^saturation-run-[A-Za-z0-9]{6}$/

/** Beginning of the path of a new folder for the runs of a command, to which `mkdtemp` adds six letters. */
export function storagePrefix(): string {
  return path.join(os.tmpdir(), STORAGE_PREFIX)
}

/**
 * Claims the folder of a command's runs for this process, so that no other session takes it for one that was left.
 * @throws the file system's error.
 */
export function claimStorage(folder: string): void {
  lockFile(sessionFile(folder))
}

/**
 * Removes what sessions that were killed have left in temporary folders: sockets at which nobody listens, and the folders
 * of their runs, which hold secrets. Never throws. A training whose window comes back finds the socket made anew.
 * @param folders where to look
 */
export async function clearLeftovers(folders: readonly string[] = [os.tmpdir(), '/tmp']): Promise<void> {
  for (const parent of new Set(folders)) {
    for (const name of namesIn(parent)) {
      const folder = path.join(parent, name)
      try {
        if (SOCKET_FOLDER.test(name) && isOurs(folder)) await clearSocket(folder)
        else if (STORAGE_FOLDER.test(name) && isOurs(folder)) clearStorage(folder)
      } catch {
        // Another session was faster, or it cannot be removed: nobody is disturbed by it.
      }
    }
  }
}

async function clearSocket(folder: string): Promise<void> {
  const names = readdirSync(folder)
  if (names.some((name) => name !== 'run.sock')) return
  const socket = path.join(folder, 'run.sock')
  const inode = (): number | undefined => lstatSync(socket, { throwIfNoEntry: false })?.ino
  const found = inode()
  if (found !== undefined && !(await isDead(socket))) return
  // A window that was reloaded may have begun to listen there meanwhile.
  if (inode() === found) rmSync(folder, { recursive: true })
}

function clearStorage(folder: string): void {
  if ('release' in lockFile(sessionFile(folder))) rmSync(folder, { recursive: true })
}

function sessionFile(folder: string): string {
  return path.join(folder, 'session')
}

/** Whether only this user can have put something into a folder, and no session is just about to. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder)
  const isPrivate = process.platform === 'win32' || (found.uid === process.getuid?.() && (found.mode & 0o077) === 0)
  return found.isDirectory() && isPrivate && Date.now() - found.mtimeMs > MIN_AGE_MS
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

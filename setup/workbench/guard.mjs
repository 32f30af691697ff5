/**
 * Runs a server, and ends it with all its children when the process that started this one stops it or is gone, even by
 * `kill -9`. In each case the operating system closes our standard input, which is the signal to end.
 *
 *     node guard.mjs COMMAND ARG...
 *
 * It has to be started as the leader of a process group.
 */
import { spawn } from 'node:child_process'

/** Time between SIGTERM and SIGKILL, in milliseconds. */
const KILL_AFTER_MS = 3000

const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let isEnding = false

/** Sends SIGTERM and later SIGKILL to the whole group. This process is in the group, so SIGKILL ends it too. */
function end() {
  if (isEnding) return
  isEnding = true
  signalGroup('SIGTERM')
  setTimeout(() => signalGroup('SIGKILL'), KILL_AFTER_MS)
}

/** @param {NodeJS.Signals} signal */
function signalGroup(signal) {
  try {
    process.kill(-process.pid, signal)
  } catch {
    // No process of the group is left.
  }
}

process.on('SIGTERM', end)
process.on('SIGINT', end)
process.on('SIGHUP', end)
process.stdin.on('end', end).on('error', end).resume()
child.on('error', (error) => {
  console.error(error.message)
  end()
})
// The server has ended, but its extension host or a terminal may still run.
child.on('exit', () => (isEnding ? signalGroup('SIGKILL') : end()))

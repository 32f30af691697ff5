/**
 * Runs a server and ends it, with all its children, when whoever started us is gone: by `stop`, by Ctrl+C or by `kill -9`. Each of
 * them closes our standard input, which no process can forget to do.
 *
 *     node guard.mjs COMMAND ARG...    (as leader of a process group of its own)
 */
import { spawn } from 'node:child_process'

const GRACE_MS = 3000
const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let ending = false

/** Asks the whole group to end, then makes it. We are in the group, so the last signal ends us too. */
function end() {
  if (ending) return
  ending = true
  signalGroup('SIGTERM')
  setTimeout(() => signalGroup('SIGKILL'), GRACE_MS)
}

/** @param {NodeJS.Signals} signal */
function signalGroup(signal) {
  try {
    process.kill(-process.pid, signal)
  } catch {
    // Nobody is left.
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
// The server is gone, but its extension host or a terminal may not be.
child.on('exit', () => (ending ? signalGroup('SIGKILL') : end()))

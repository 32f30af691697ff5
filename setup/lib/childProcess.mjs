/**
 * Running other programs: output kept for error messages, limits on time and silence, and nothing left behind when we are ended.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'

/** Process groups that we started and that still run. @type {Set<number>} */
const groups = new Set()

/**
 * A program failed.
 */
export class CommandError extends Error {
  /**
   * @param {string} message what failed, in one line
   * @param {string} tail the last lines of its output
   */
  constructor(message, tail) {
    super(message)
    this.name = 'CommandError'
    this.tail = tail
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; default: ours
 * @property {number} [timeout] milliseconds until the program is ended
 * @property {(secondsRunning: number, bytesOfOutput: number) => string | undefined} [watch]
 *   asked every second; a returned text ends the program and becomes the error's message
 * @property {(line: string) => void} [onLine] gets every line of output as it comes
 * @property {boolean} [stream] give the program our own terminal instead of reading its output
 */

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output ('' when streamed)
 * @throws {CommandError} when it cannot be started, ends with another code than 0, or exceeds a limit
 */
export async function run(command, args, options = {}) {
  const { cwd, env = process.env, timeout, watch, onLine, stream } = options
  const title = [command, ...args].join(' ').slice(0, 160)
  // A group of its own lets us end grandchildren too; a streamed program stays in ours, so that it may read the terminal.
  const detached = !stream && process.platform !== 'win32'
  const child = spawn(command, args, { cwd, env, detached, stdio: stream ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
  if (detached && child.pid) groups.add(child.pid)
  let stdout = ''
  let all = ''
  let bytes = 0
  let pending = ''
  /** @param {Buffer} chunk */
  const take = (chunk) => {
    bytes += chunk.length
    all = (all + chunk).slice(-20_000)
    const lines = (pending + chunk).split(/[\r\n]+/)
    pending = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine?.(line)
  }
  child.stdout?.on('data', (chunk) => ((stdout += chunk), take(chunk)))
  child.stderr?.on('data', take)

  /** @type {string | undefined} */
  let reason
  const began = Date.now()
  /** @param {string} why */
  const end = (why) => {
    reason ??= why
    endGroup(child.pid, detached)
  }
  const timer =
    timeout === undefined ? undefined : setTimeout(() => end(`took longer than ${timeout / 1000} s`), timeout)
  const watcher =
    watch &&
    setInterval(() => {
      const why = watch((Date.now() - began) / 1000, bytes)
      if (why !== undefined) end(why)
    }, 1000)
  try {
    const result = await new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.on('close', (code, signal) => resolve(code ?? signal))
    })
    if (pending) onLine?.(pending)
    if (result !== 0)
      throw new CommandError(
        `${title}: ${reason ?? (typeof result === 'number' ? `exit code ${result}` : result)}`,
        tailOf(all),
      )
    return stdout
  } finally {
    clearTimeout(timer)
    clearInterval(watcher)
    if (child.pid) groups.delete(child.pid)
  }
}

/** @param {number | undefined} pid @param {boolean} group */
function endGroup(pid, group) {
  if (pid === undefined) return
  try {
    process.kill(group ? -pid : pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

/** @param {string} text */
function tailOf(text, lines = 40) {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/**
 * Ends everything that `run` has started and that still runs, now. For handlers of SIGINT and SIGTERM.
 */
export function endAll() {
  for (const pid of groups) endGroup(pid, true)
  groups.clear()
}

/**
 * An environment with one more folder at the front of the search path.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function withPath(folder, env = process.env) {
  // Windows spells it Path, and a copy of the environment is no longer blind to case.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [key]: [folder, env[key]].filter(Boolean).join(path.delimiter) }
}

/**
 * Runs npm: the one that runs us, if one does, else the one on PATH.
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output
 * @throws {CommandError} see `run`
 */
export function npm(args, options) {
  const own = process.env.npm_execpath
  if (own && /npm-cli\.c?js$/.test(own)) return run(process.execPath, [own, ...args], options)
  // npm is a batch file on Windows, which only a shell can start.
  if (process.platform === 'win32')
    return run(process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
  return run('npm', args, options)
}

/**
 * Runs other programs: keeps their output for error messages, enforces limits on time and silence, and can kill
 * everything it started.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'

/** Process groups that we started and that still run. @type {Set<number>} */
const runningGroups = new Set()

/** Longest command line in an error message, in characters. */
const MAX_TITLE_LENGTH = 160

/** Length of the end of the output that is kept for error messages, in characters. */
const MAX_KEPT_OUTPUT_LENGTH = 20_000

/** Interval at which `watch` is called, in milliseconds. */
const WATCH_INTERVAL_MS = 1000

/**
 * The error of a program that failed.
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
 *   called every second; a returned text ends the program and becomes part of the error's message
 * @property {(line: string) => void} [onLine] called with every line of output as it arrives
 * @property {boolean} [stream] true gives the program our own terminal; its output is not read then
 */

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output ('' when streamed)
 * @throws {CommandError} when it cannot be started, ends with a code other than 0, or exceeds a limit
 */
export async function run(command, args, options = {}) {
  const { cwd, env = process.env, timeout, watch, onLine, stream } = options
  const title = [command, ...args].join(' ').slice(0, MAX_TITLE_LENGTH)
  // In a process group of its own we can kill grandchildren too. A streamed program stays in our group: only that may
  // read the terminal.
  const detached = !stream && process.platform !== 'win32'
  const child = spawn(command, args, { cwd, env, detached, stdio: stream ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
  if (detached && child.pid) runningGroups.add(child.pid)
  let stdout = ''
  let outputTail = ''
  let bytes = 0
  let pending = ''
  /** @param {Buffer} chunk */
  const collect = (chunk) => {
    bytes += chunk.length
    outputTail = (outputTail + chunk).slice(-MAX_KEPT_OUTPUT_LENGTH)
    const lines = (pending + chunk).split(/[\r\n]+/)
    pending = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine?.(line)
  }
  child.stdout?.on('data', (chunk) => ((stdout += chunk), collect(chunk)))
  child.stderr?.on('data', collect)

  /** @type {string | undefined} */
  let killReason
  const began = Date.now()
  /** @param {string} why */
  const kill = (why) => {
    killReason ??= why
    killGroup(child.pid, detached)
  }
  const timer =
    timeout === undefined ? undefined : setTimeout(() => kill(`took longer than ${timeout / 1000} s`), timeout)
  const watcher =
    watch &&
    setInterval(() => {
      const why = watch((Date.now() - began) / 1000, bytes)
      if (why !== undefined) kill(why)
    }, WATCH_INTERVAL_MS)
  try {
    const result = await new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message))
      child.on('close', (code, signal) => resolve(code ?? signal))
    })
    if (pending) onLine?.(pending)
    if (result !== 0)
      throw new CommandError(
        `${title}: ${killReason ?? (typeof result === 'number' ? `exit code ${result}` : result)}`,
        lastLines(outputTail),
      )
    return stdout
  } finally {
    clearTimeout(timer)
    clearInterval(watcher)
    if (child.pid) runningGroups.delete(child.pid)
  }
}

/** @param {number | undefined} pid @param {boolean} group true kills the whole process group that `pid` leads */
function killGroup(pid, group) {
  if (pid === undefined) return
  try {
    process.kill(group ? -pid : pid, 'SIGKILL')
  } catch {
    // The process has already ended by itself.
  }
}

/** @param {string} text */
function lastLines(text, lines = 40) {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/**
 * Kills every program that `run` started and that still runs, without waiting. For handlers of SIGINT and SIGTERM.
 */
export function killStartedPrograms() {
  for (const pid of runningGroups) killGroup(pid, true)
  runningGroups.clear()
}

/**
 * Returns an environment with one more folder at the front of the search path.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function withFolderOnPath(folder, env = process.env) {
  // Windows names the variable `Path`. `process.env` ignores case there, but a copy of it does not.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [key]: [folder, env[key]].filter(Boolean).join(path.delimiter) }
}

/**
 * Runs npm: the npm that started this process if there is one, else the npm on PATH.
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output
 * @throws {CommandError} see `run`
 */
export function npm(args, options) {
  const callingNpm = process.env.npm_execpath
  if (callingNpm && /npm-cli\.c?js$/.test(callingNpm)) return run(process.execPath, [callingNpm, ...args], options)
  // On Windows npm is a batch file, and only a shell can start a batch file.
  if (process.platform === 'win32')
    return run(process.env.ComSpec ?? 'cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
  return run('npm', args, options)
}

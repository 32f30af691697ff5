import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { INVITATION_VARIABLE, type RunOptions } from '../../protocol/handshake.ts'
import { LaunchError } from './launchError.ts'
import { findPackageScript, packageScriptArguments } from './packageScript.ts'

/** What to run, and how closely to look at it. */
export interface RunRequest {
  /** Absolute, or relative to `cwd`; with `ofPackage` the name of a script in the nearest package.json. */
  script: string
  /** Runs a script of package.json by its package manager, and watches whichever node it starts. */
  ofPackage?: boolean
  /** Absolute path of the program that `script` names (npx, tsx, make), and whose nodes are watched as those of npm. */
  program?: string
  /** Node's own arguments, before the script. */
  nodeArgs?: readonly string[]
  args: readonly string[]
  /** The user's node, a name on the PATH or a path; `node` when left out. */
  node?: string
  /** Working directory of the script; its own folder when left out. */
  cwd?: string
  /** Environment variables beside the inherited ones. */
  env?: Readonly<Record<string, string>>
  options: RunOptions
}

/** A command ready to be executed, without a shell. */
export interface Launch {
  command: string
  args: string[]
  /** To be added to the inherited environment. */
  env: Record<string, string>
  cwd: string
}

/** First version with everything the preload uses (source maps switched on at run time, worker threads). */
const OLDEST_NODE = 18

/**
 * The command that runs an unchanged script under the monitor. Preload and invitation go by the environment, so that they
 * reach every process that trains: those that the script forks, or that npm starts.
 * @param invitation absolute path of the file that `Reception` keeps
 * @param preload absolute path of `dist/preload.cjs`.
 */
export function describeLaunch(request: RunRequest, invitation: string, preload: string): Launch {
  const cwd = workingDirectory(request)
  const theirs = request.env?.['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS']
  const options = [theirs, `--require ${JSON.stringify(preload)}`].filter(Boolean).join(' ')
  const env = { ...request.env, NODE_OPTIONS: options, [INVITATION_VARIABLE]: invitation }
  if (request.ofPackage) {
    const found = findPackageScript(request.script, cwd)
    return { command: found.manager, args: packageScriptArguments(found, request.args), env, cwd }
  }
  if (request.program) return { command: request.program, args: [...request.args], env, cwd }
  return {
    command: request.node ?? 'node',
    args: [...(request.nodeArgs ?? []), path.resolve(cwd, request.script), ...request.args],
    env,
    cwd,
  }
}

/** Directory a request's script runs in, absolute. */
export function workingDirectory(request: Pick<RunRequest, 'script' | 'cwd' | 'ofPackage' | 'program'>): string {
  if (request.ofPackage || request.program) return path.resolve(request.cwd ?? '.')
  return path.resolve(request.cwd ?? path.dirname(path.resolve(request.script)))
}

/**
 * Absolute path of the file that node would run for this script: extensions and folders with an index are resolved
 * as node does.
 * @throws LaunchError when there is none.
 */
export function findScript(request: Pick<RunRequest, 'script' | 'cwd'>): string {
  const cwd = workingDirectory(request)
  const script = path.resolve(cwd, request.script)
  try {
    return createRequire(path.join(cwd, 'noop.js')).resolve(script)
  } catch {
    const folder = statSync(script, { throwIfNoEntry: false })?.isDirectory()
    if (folder) throw new LaunchError(`${script} is a folder; name the script in it that trains the model.`)
    throw new LaunchError(`There is no script ${script}.`)
  }
}

/**
 * Asks a node for its version.
 * @returns the version without the leading v.
 * @throws LaunchError when it cannot be executed, is no node, or is too old.
 */
export function checkNode(command = 'node'): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => reject(new LaunchError(message))
    execFile(command, ['--version'], { timeout: 15_000, windowsHide: true }, (error, stdout) => {
      const setIt = 'Install Node.js, or set its path (setting saturation.node, option --node).'
      if (error?.code === 'ENOENT') return fail(`${command} was not found. ${setIt}`)
      if (error?.code === 'EACCES') return fail(`${command} may not be executed. ${setIt}`)
      // Runners like tsx print a version of their own above node's.
      const version = /(?:^|node )v(\d+)\.(\d+\.\d+\S*)/m.exec(stdout)
      if (error || !version)
        return fail(`${command} does not answer like Node.js${error ? ` (${error.message.trim()})` : ''}. ${setIt}`)
      if (Number(version[1]) < OLDEST_NODE) {
        return fail(`${command} is Node.js ${version[1]}.${version[2]}; at least ${OLDEST_NODE} is needed. ${setIt}`)
      }
      resolve(`${version[1]}.${version[2]}`)
    })
  })
}

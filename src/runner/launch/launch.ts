import path from 'node:path'
import { INVITATION_VARIABLE } from '../../protocol/handshake.ts'
import { NOT_LOADED } from '../../protocol/presence.ts'
import { packageScriptArguments } from './packageScript.ts'
import type { ResolvedRequest } from './resolveRequest.ts'

/** A command ready to be executed, without a shell. */
export interface Launch {
  command: string
  args: string[]
  /** Environment variables to add to the inherited ones. */
  env: Record<string, string>
  cwd: string
  /** Why the command runs without the monitor, and what to do; missing where it has it. */
  unmonitored?: { message: string; advice: string }
}

/**
 * The command that runs an unchanged script under the monitor. The environment carries the preload and the invitation,
 * so that they reach every process that trains: also those that the script forks or that npm starts.
 * @param invitation absolute path of the invitation file that the command's `Reception` writes
 * @param preload absolute path of `dist/preload.cjs`
 */
export function describeLaunch(request: ResolvedRequest, invitation: string, preload: string): Launch {
  if (hidesPreload(request, preload)) {
    const folder = path.dirname(preload)
    const unmonitored = {
      message: `${NOT_LOADED}: Node’s permission model hides ${folder} from the script.`,
      advice: `The script runs all the same. To have it measured, add --allow-fs-read=${folder}, the temporary folder for reading and writing, --allow-worker and --allow-addons.`,
    }
    return { ...commandLine(request), env: { ...request.env }, cwd: request.cwd, unmonitored }
  }
  const userOptions = request.env?.['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS']
  const nodeOptions = [userOptions, `--require ${JSON.stringify(preload)}`].filter(Boolean).join(' ')
  const env = { ...request.env, NODE_OPTIONS: nodeOptions, [INVITATION_VARIABLE]: invitation }
  return { ...commandLine(request), env, cwd: request.cwd }
}

/** Whether Node's permission model, as the command line has it, keeps the preload from being read: no process would start. */
function hidesPreload(request: ResolvedRequest, preload: string): boolean {
  const { command } = request
  const args = command.kind === 'script' ? command.nodeArgs : command.kind === 'program' ? request.args : []
  const own = command.kind === 'program' ? args.slice(0, firstOperand(args)) : args
  if (!own.some((arg) => arg === '--permission' || arg === '--experimental-permission')) return false
  const allowed = own.flatMap((arg, i) => {
    const value = arg === '--allow-fs-read' ? own[i + 1] : /^--allow-fs-read=(.*)$/.exec(arg)?.[1]
    return value?.split(',') ?? []
  })
  const covers = (allowance: string) => {
    if (allowance === '*') return true
    const folder = path.resolve(request.cwd, allowance.replace(/[\\/]?\*$/, ''))
    return preload === folder || preload.startsWith(folder + path.sep)
  }
  return !allowed.some(covers)
}

/** Where the options of a program end and what it runs begins. */
function firstOperand(args: readonly string[]): number {
  const at = args.findIndex((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--allow-fs-read')
  return at < 0 ? args.length : at
}

function commandLine({ command, args }: ResolvedRequest): { command: string; args: string[] } {
  switch (command.kind) {
    case 'package script': {
      const { packageScript } = command
      return { command: packageScript.manager, args: packageScriptArguments(packageScript, args) }
    }
    case 'program':
      return { command: command.program, args: [...args] }
    case 'script':
      return { command: command.node, args: [...command.nodeArgs, command.script, ...args] }
  }
}

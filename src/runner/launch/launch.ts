import { INVITATION_VARIABLE } from '../../protocol/handshake.ts'
import { packageScriptArguments } from './packageScript.ts'
import type { ResolvedRequest } from './resolveRequest.ts'

/** A command ready to be executed, without a shell. */
export interface Launch {
  command: string
  args: string[]
  /** Environment variables to add to the inherited ones. */
  env: Record<string, string>
  cwd: string
}

/**
 * The command that runs an unchanged script under the monitor. The environment carries the preload and the invitation,
 * so that they reach every process that trains: also those that the script forks or that npm starts.
 * @param invitation absolute path of the invitation file that the command's `Reception` writes
 * @param preload absolute path of `dist/preload.cjs`
 */
export function describeLaunch(request: ResolvedRequest, invitation: string, preload: string): Launch {
  const userOptions = request.env?.['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS']
  const nodeOptions = [userOptions, `--require ${JSON.stringify(preload)}`].filter(Boolean).join(' ')
  const env = { ...request.env, NODE_OPTIONS: nodeOptions, [INVITATION_VARIABLE]: invitation }
  return { ...commandLine(request), env, cwd: request.cwd }
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

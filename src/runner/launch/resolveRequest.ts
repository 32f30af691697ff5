import path from 'node:path'
import { checkNode, findScript, workingDirectory, type RunRequest } from './launch.ts'
import { findPackageScript } from './packageScript.ts'
import { plugnplayArguments } from './plugnplay.ts'
import type { NamedRequest } from '../store.ts'
import { typescriptArguments } from './typescript.ts'

/** A request of which everything was found that it names. */
export interface PlacedRequest {
  /** As it is to be executed: with Node's own arguments, and the absolute working directory. */
  placed: RunRequest
  /** As header and log name it: with the absolute path of the script. */
  named: NamedRequest
}

/** @throws LaunchError when script or node is missing, or this node does not run such a script. */
export async function placeRequest(request: RunRequest): Promise<PlacedRequest> {
  const cwd = workingDirectory(request)
  const script = scriptOf(request)
  const nodeArgs = nodeArguments({ ...request, script }, await checkNode(request.node))
  const packageScript = request.ofPackage ? { packageScript: request.script } : {}
  return { placed: { ...request, cwd, nodeArgs }, named: { script, args: request.args, cwd, ...packageScript } }
}

/** Absolute path of a script as a process names it: Node leaves out the extension where the person did. */
export function wholeName(script: string, cwd: string): string {
  try {
    return findScript({ script, cwd })
  } catch {
    return script
  }
}

/** The script, the package.json that has it, or what a program is called. */
function scriptOf(request: RunRequest): string {
  if (request.program) return request.script
  if (!request.ofPackage) return findScript(request)
  const { folder } = findPackageScript(request.script, workingDirectory(request))
  return path.join(folder, 'package.json')
}

function nodeArguments(request: RunRequest, version: string): string[] {
  const { node = 'node', script, ofPackage, program, nodeArgs = [] } = request
  // A runner in node's place (tsx, ts-node) knows what to do.
  const isNode = /^node(\.exe)?$/i.test(path.basename(node))
  const found =
    ofPackage || program || !isNode ? [] : [...plugnplayArguments(script), ...typescriptArguments(script, version)]
  return [...nodeArgs, ...found]
}

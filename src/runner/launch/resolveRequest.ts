import path from 'node:path'
import type { Override } from '../../protocol/overrides.ts'
import { checkNode } from './checkNode.ts'
import { findScript } from './findScript.ts'
import { findPackageScript, type PackageScript } from './packageScript.ts'
import { plugnplayArguments } from './plugnplay.ts'
import type { RunRequest } from './runRequest.ts'
import { typescriptArguments } from './typescript.ts'

/** How a run's header and log name what was run. */
export interface NamedRequest {
  /**
   * Absolute path of the script or, with `packageScript`, of its package.json; else the program as the person typed it.
   */
  script: string
  /** Name of the script of package.json. */
  packageScript?: string
  args: readonly string[]
  /** Absolute working directory. */
  cwd: string
  /** What is changed in the construction of layers. */
  overrides?: readonly Override[]
}

/** What is executed, before its arguments. */
export type ResolvedCommand =
  | {
      kind: 'script'
      /** The user's Node, a name on the PATH or a path. */
      node: string
      /** Node's own arguments, those that TypeScript and Plug'n'Play need included. */
      nodeArgs: readonly string[]
      /** Absolute path of the script, without an extension if the person typed none. */
      script: string
    }
  | { kind: 'package script'; packageScript: PackageScript }
  /** The absolute path of a program. */
  | { kind: 'program'; program: string }

/** A request after everything that it names was found. */
export interface ResolvedRequest {
  command: ResolvedCommand
  /** Arguments of the script or program. */
  args: readonly string[]
  /** Absolute working directory. */
  cwd: string
  /** Environment variables to add to the inherited ones. */
  env?: Readonly<Record<string, string>>
  named: NamedRequest
}

/**
 * Finds the script, Node and working directory that a request names.
 * @throws LaunchError when the script or Node is missing, or this Node cannot run such a script.
 */
export async function resolveRequest(request: RunRequest): Promise<ResolvedRequest> {
  const cwd = workingDirectory(request)
  const { script, args, env } = request
  const common = { args, cwd, ...(env ? { env } : {}) }
  if (request.program) {
    await checkNode(request.node)
    return { ...common, command: { kind: 'program', program: request.program }, named: { script, args, cwd } }
  }
  if (request.ofPackage) {
    const packageScript = findPackageScript(script, cwd)
    await checkNode(request.node)
    const file = path.join(packageScript.folder, 'package.json')
    const named = { script: file, packageScript: script, args, cwd }
    return { ...common, command: { kind: 'package script', packageScript }, named }
  }
  const found = findScript(script, cwd)
  const version = await checkNode(request.node)
  const { node = 'node', nodeArgs = [] } = request
  const command = {
    kind: 'script' as const,
    node,
    nodeArgs: [...nodeArgs, ...loaderArguments(node, found, version)],
    script: path.resolve(cwd, script),
  }
  return { ...common, command, named: { script: found, args, cwd } }
}

/** Absolute working directory of a request. */
function workingDirectory({ script, cwd, ofPackage, program }: RunRequest): string {
  if (ofPackage || program) return path.resolve(cwd ?? '.')
  return path.resolve(cwd ?? path.dirname(path.resolve(script)))
}

/** Node's own arguments that load what a script needs: the resolver of Plug'n'Play, and TypeScript. */
function loaderArguments(node: string, script: string, version: string): string[] {
  // A runner in Node's place (tsx, ts-node) loads TypeScript by itself.
  const isNode = /^node(\.exe)?$/i.test(path.basename(node))
  return isNode ? [...plugnplayArguments(script), ...typescriptArguments(script, version)] : []
}

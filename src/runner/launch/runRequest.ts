import type { RunOptions } from '../../protocol/handshake.ts'

/** What a person asks to run: a script, a script of a package.json, or another program that starts Node. */
export interface RunRequest {
  /**
   * Path of the script, absolute or relative to `cwd`; with `ofPackage` the name of a script in the nearest
   * package.json.
   */
  script: string
  /**
   * Runs `script` as a script of package.json through its package manager, and watches every Node process that it
   * starts.
   */
  ofPackage?: boolean
  /**
   * Absolute path of the program that `script` names (npx, tsx, make). Every Node process that it starts is watched.
   */
  program?: string
  /** Node's own arguments, before the script. */
  nodeArgs?: readonly string[]
  /** Arguments of the script or program. */
  args: readonly string[]
  /** The user's Node, a name on the PATH or a path; `node` by default. */
  node?: string
  /** Working directory; by default the script's own folder, or the current one with `ofPackage` or `program`. */
  cwd?: string
  /** Environment variables to add to the inherited ones. */
  env?: Readonly<Record<string, string>>
  /** How to measure. */
  options: RunOptions
}

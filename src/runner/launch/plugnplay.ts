import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { upwards } from './packageScript.ts'

/**
 * Node's own arguments that load the package resolver of Yarn's Plug'n'Play, for a project without node_modules. Yarn
 * keeps the resolver beside its lock file (https://yarnpkg.com/features/pnp); `yarn run` and `yarn node` load it as
 * well.
 * @param script absolute path
 * @param options the environment's NODE_OPTIONS; processes that Yarn starts have the resolver there already
 */
export function plugnplayArguments(script: string, options = process.env['NODE_OPTIONS'] ?? ''): string[] {
  const root = plugnplayRoot(script)
  if (root === undefined || options.includes('.pnp.cjs')) return []
  const loader = path.join(root, '.pnp.loader.mjs')
  const modules = existsSync(loader) ? ['--experimental-loader', pathToFileURL(loader).href] : []
  return ['--require', path.join(root, '.pnp.cjs'), ...modules]
}

/** Folder of the Plug'n'Play project that a script belongs to; undefined when it belongs to none. */
export function plugnplayRoot(script: string): string | undefined {
  return upwards(path.dirname(script)).find((folder) => existsSync(path.join(folder, '.pnp.cjs')))
}

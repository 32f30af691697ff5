import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { upwards } from './packageScript.ts'

/**
 * Node's own arguments that make it find packages in a project without node_modules: Yarn's Plug'n'Play keeps a
 * resolver beside the lock file (https://yarnpkg.com/features/pnp), which `yarn run` and `yarn node` load.
 * @param script absolute path
 * @param options the environment's NODE_OPTIONS: Yarn's own processes have the resolver there already.
 */
export function plugnplayArguments(script: string, options = process.env['NODE_OPTIONS'] ?? ''): string[] {
  const root = plugnplayRoot(script)
  if (root === undefined || options.includes('.pnp.cjs')) return []
  const loader = path.join(root, '.pnp.loader.mjs')
  const modules = existsSync(loader) ? ['--experimental-loader', pathToFileURL(loader).href] : []
  return ['--require', path.join(root, '.pnp.cjs'), ...modules]
}

/** Folder of the project without node_modules that a script belongs to. */
export function plugnplayRoot(script: string): string | undefined {
  return upwards(path.dirname(script)).find((folder) => existsSync(path.join(folder, '.pnp.cjs')))
}

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { LaunchError } from './launchError.ts'
import { upwards } from './packageScript.ts'
import { plugnplayRoot } from './plugnplay.ts'

/**
 * Node's own arguments that make it run a script in TypeScript or JSX: by tsx or ts-node where the script's folder has
 * one of them, else by Node itself, which removes types since 22.6 and does so unasked since 22.18 and 23.6.
 * @param script absolute path
 * @param version of the node that is to run it, e.g. `20.11.1`
 * @throws LaunchError when nothing here can run the script.
 */
export function typescriptArguments(script: string, version: string): string[] {
  const kind = /\.([cm]?ts|[jt]sx)$/.exec(script)?.[1]
  if (!kind) return []
  const require = createRequire(script)
  // An absolute URL, because --import looks from the working directory.
  const tsx = resolved(require, 'tsx')
  if (tsx) return ['--import', pathToFileURL(tsx).href]
  const tsNode = resolved(require, 'ts-node/register')
  if (tsNode && !isModule(script)) return ['--require', tsNode]
  if (tsNode) return ['--loader', pathToFileURL(require.resolve('ts-node/esm')).href]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const at = (wantedMajor: number, wantedMinor: number): boolean =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  const install = plugnplayRoot(script) ? OF_PLUGNPLAY : INSTALL
  if (kind.endsWith('x')) throw new LaunchError(`${script}: ${kind.toUpperCase()} needs tsx. ${install}`)
  if (at(23, 6) || (major === 22 && minor >= 18)) return []
  if (at(22, 6)) return ['--experimental-strip-types']
  throw new LaunchError(
    `${script} is TypeScript, which Node.js ${version} does not run. ${install} Or use Node.js 22.18 or later.`,
  )
}

// Its resolver gives Node's own options nothing of a package.
const OF_PLUGNPLAY = 'Run a script of package.json that calls tsx.'
const INSTALL = 'Run npm install --save-dev tsx in its folder.'

function resolved(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name)
  } catch {
    return null
  }
}

/** Whether Node takes a TypeScript file for an ES module: by its extension, else by the nearest package.json. */
function isModule(script: string): boolean {
  const extension = path.extname(script)
  if (extension === '.mts' || extension === '.cts') return extension === '.mts'
  const file = upwards(path.dirname(script))
    .map((folder) => path.join(folder, 'package.json'))
    .find((candidate) => existsSync(candidate))
  try {
    return file !== undefined && (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module'
  } catch {
    // Node itself says what is wrong with it.
    return false
  }
}

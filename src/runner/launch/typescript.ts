import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { LaunchError } from './launchError.ts'
import { upwards } from './packageScript.ts'
import { plugnplayRoot } from './plugnplay.ts'

/**
 * Node's own arguments that make it run a script in TypeScript or JSX. They load tsx or ts-node if the script can
 * import one of them. Otherwise Node itself removes the types: with a flag since 22.6, by default since 22.18 and 23.6.
 * @param script absolute path
 * @param version version of the Node that runs the script, e.g. `20.11.1`
 * @throws LaunchError when neither a package nor Node can run the script.
 */
export function typescriptArguments(script: string, version: string): string[] {
  const kind = /\.([cm]?ts|[jt]sx)$/.exec(script)?.[1]
  if (!kind) return []
  const require = createRequire(script)
  // An absolute URL, because --import resolves a name from the working directory.
  const tsx = resolved(require, 'tsx')
  if (tsx) return ['--import', pathToFileURL(tsx).href]
  const tsNode = resolved(require, 'ts-node/register')
  if (tsNode && !isModule(script)) return ['--require', tsNode]
  if (tsNode) return ['--loader', pathToFileURL(require.resolve('ts-node/esm')).href]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isAtLeast = (wantedMajor: number, wantedMinor: number): boolean =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  const advice = plugnplayRoot(script) ? PLUGNPLAY_ADVICE : INSTALL_ADVICE
  if (kind.endsWith('x')) throw new LaunchError(`${script}: ${kind.toUpperCase()} needs tsx. ${advice}`)
  if (isAtLeast(23, 6) || (major === 22 && minor >= 18)) return []
  if (isAtLeast(22, 6)) return ['--experimental-strip-types']
  throw new LaunchError(
    `${script} is TypeScript, which Node.js ${version} does not run. ${advice} Or use Node.js 22.18 or later.`,
  )
}

/** Advice for a project with Plug'n'Play, whose resolver does not find packages for Node's own options. */
const PLUGNPLAY_ADVICE = 'Run a script of package.json that calls tsx.'
/** Advice for any other project. */
const INSTALL_ADVICE = 'Run npm install --save-dev tsx in its folder.'

function resolved(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name)
  } catch {
    return null
  }
}

/** Whether Node loads a TypeScript file as an ES module: its extension decides, else the nearest package.json. */
function isModule(script: string): boolean {
  const extension = path.extname(script)
  if (extension === '.mts' || extension === '.cts') return extension === '.mts'
  const file = upwards(path.dirname(script))
    .map((folder) => path.join(folder, 'package.json'))
    .find((candidate) => existsSync(candidate))
  try {
    return file !== undefined && (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module'
  } catch {
    // When it runs the script, Node reports what is wrong with the package.json.
    return false
  }
}

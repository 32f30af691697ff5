import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { LaunchError } from './launchError.ts'

/** A script of a package.json, as `npm run` knows it. */
export interface PackageScript {
  name: string
  /** Folder of the package.json. */
  folder: string
  /** The package manager whose lock file lies in this folder or the nearest one above: npm, pnpm or yarn. */
  manager: string
}

const LOCK_FILES = { 'package-lock.json': 'npm', 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn' }

/**
 * Finds a script of the nearest package.json, from `cwd` upwards.
 * @throws LaunchError when there is no package.json, or it has no such script; the message lists the scripts it has.
 */
export function findPackageScript(name: string, cwd: string): PackageScript {
  const folder = upwards(cwd).find((candidate) => existsSync(path.join(candidate, 'package.json')))
  if (!folder) throw new LaunchError(`There is no package.json in ${cwd} or above it.`)
  const file = path.join(folder, 'package.json')
  let scripts: Record<string, string>
  try {
    scripts = (JSON.parse(readFileSync(file, 'utf8')) as { scripts?: Record<string, string> }).scripts ?? {}
  } catch (error) {
    throw new LaunchError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!Object.hasOwn(scripts, name)) {
    const others = Object.keys(scripts).join(', ')
    throw new LaunchError(`${file} has no script ${name}${others ? `; it has ${others}` : ''}.`)
  }
  return { name, folder, manager: managerOf(folder) }
}

/** Arguments for the package manager, so that it runs the script and passes `args` on to it. */
export function packageScriptArguments({ name, manager }: PackageScript, args: readonly string[]): string[] {
  // pnpm and yarn would pass the separator on to the script.
  return ['run', name, ...(manager === 'npm' && args.length > 0 ? ['--'] : []), ...args]
}

function managerOf(folder: string): string {
  for (const candidate of upwards(folder)) {
    for (const [file, manager] of Object.entries(LOCK_FILES)) if (existsSync(path.join(candidate, file))) return manager
  }
  return 'npm'
}

/** A folder and all folders above it, the nearest first. */
export function upwards(folder: string): string[] {
  const above = path.dirname(folder)
  return above === folder ? [folder] : [folder, ...upwards(above)]
}

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LaunchError } from '../../../src/runner/launch/launchError.ts'
import { findPackageScript, packageScriptArguments } from '../../../src/runner/launch/packageScript.ts'
import { plugnplayArguments } from '../../../src/runner/launch/plugnplay.ts'
import { typescriptArguments } from '../../../src/runner/launch/typescript.ts'

let folder: string
const inFolder = (name: string): string => path.join(folder, name)

/** Makes one of this project's own packages resolvable from the folder. */
function install(name: string): void {
  mkdirSync(inFolder('node_modules'), { recursive: true })
  symlinkSync(path.resolve('node_modules', name), inFolder(`node_modules/${name}`), 'dir')
}

beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'saturation-launch-')))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a TypeScript script', () => {
  it('runs by tsx if its folder has it, even if it has ts-node too', () => {
    install('tsx')
    install('ts-node')
    const loader = pathToFileURL(path.resolve('node_modules/tsx/dist/loader.mjs')).href
    expect(typescriptArguments(inFolder('train.ts'), '20.11.1')).toEqual(['--import', loader])
    expect(typescriptArguments(inFolder('train.tsx'), '24.0.0')).toEqual(['--import', loader])
  })

  it('runs by ts-node, as CommonJS or as a module as its package says', () => {
    install('ts-node')
    const register = path.resolve('node_modules/ts-node/register/index.js')
    expect(typescriptArguments(inFolder('train.ts'), '20.11.1')).toEqual(['--require', register])
    const module = ['--loader', pathToFileURL(path.resolve('node_modules/ts-node/esm.mjs')).href]
    expect(typescriptArguments(inFolder('train.mts'), '20.11.1')).toEqual(module)
    writeFileSync(inFolder('package.json'), '{"type":"module"}')
    expect(typescriptArguments(inFolder('train.ts'), '20.11.1')).toEqual(module)
    expect(typescriptArguments(inFolder('train.cts'), '20.11.1')).toEqual(['--require', register])
  })

  it.each([
    ['22.6.0', ['--experimental-strip-types']],
    ['22.18.0', []],
    ['23.5.0', ['--experimental-strip-types']],
    ['23.6.0', []],
    ['24.21.0', []],
  ])('is left to Node %s otherwise', (version, expected) => {
    expect(typescriptArguments(inFolder('train.ts'), version)).toEqual(expected)
  })

  it('is refused with advice on what to install when nothing can run it', () => {
    const run = (name: string, version: string) => (): unknown => typescriptArguments(inFolder(name), version)
    expect(run('train.ts', '20.11.1')).toThrow(LaunchError)
    expect(run('train.ts', '22.5.0')).toThrow(/Node\.js 22\.5\.0 does not run.*npm install --save-dev tsx/)
    expect(run('train.tsx', '24.0.0')).toThrow(/TSX needs tsx/)
  })

  it('is the only kind of script that needs arguments', () => {
    install('tsx')
    for (const name of ['train.js', 'train.mjs', 'train.cjs', 'train']) {
      expect(typescriptArguments(inFolder(name), '18.0.0')).toEqual([])
    }
  })
})

describe('a script of package.json', () => {
  const write = (scripts: Record<string, string>): void =>
    writeFileSync(inFolder('package.json'), JSON.stringify({ scripts }))

  it('is found from a folder below, with the package manager of the nearest lock file', () => {
    write({ train: 'node train.js' })
    mkdirSync(inFolder('src/deep'), { recursive: true })
    expect(findPackageScript('train', inFolder('src/deep'))).toEqual({ name: 'train', folder, manager: 'npm' })
    writeFileSync(inFolder('pnpm-lock.yaml'), '')
    expect(findPackageScript('train', inFolder('src'))).toEqual({ name: 'train', folder, manager: 'pnpm' })
  })

  it('gets its arguments in the form that each package manager wants', () => {
    const script = { name: 'train', folder, manager: 'npm' }
    expect(packageScriptArguments(script, [])).toEqual(['run', 'train'])
    expect(packageScriptArguments(script, ['--epochs', '5'])).toEqual(['run', 'train', '--', '--epochs', '5'])
    expect(packageScriptArguments({ ...script, manager: 'yarn' }, ['5'])).toEqual(['run', 'train', '5'])
  })

  it('that is missing causes an error with the scripts there are', () => {
    write({ train: 'node train.js', test: 'vitest' })
    expect(() => findPackageScript('trian', folder)).toThrow(/has no script trian; it has train, test/)
    expect(() => findPackageScript('constructor', folder)).toThrow(LaunchError)
    writeFileSync(inFolder('package.json'), '{')
    expect(() => findPackageScript('train', folder)).toThrow(/package\.json cannot be read/)
  })
})

describe("a project with Yarn's Plug'n'Play", () => {
  it('is told to call tsx in a script of package.json', () => {
    writeFileSync(inFolder('.pnp.cjs'), '')
    expect(() => typescriptArguments(inFolder('train.ts'), '20.11.1')).toThrow(
      /Run a script of package.json that calls/,
    )
  })

  it('is started with its resolver, unless Yarn loads it already', () => {
    const script = inFolder('src/train.mjs')
    expect(plugnplayArguments(script, '')).toEqual([])
    writeFileSync(inFolder('.pnp.cjs'), '')
    expect(plugnplayArguments(script, '')).toEqual(['--require', inFolder('.pnp.cjs')])
    writeFileSync(inFolder('.pnp.loader.mjs'), '')
    const loader = pathToFileURL(inFolder('.pnp.loader.mjs')).href
    const args = ['--require', inFolder('.pnp.cjs'), '--experimental-loader', loader]
    expect(plugnplayArguments(script, '--no-warnings')).toEqual(args)
    expect(plugnplayArguments(script, `--require ${inFolder('.pnp.cjs')}`)).toEqual([])
  })
})

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { providePrivateNode } from '../../../setup/lib/privateNode.mjs'
import { runPlain, scriptPath, train, type Ended } from '../training.ts'
import { sweep } from '../../stress.ts'

const TS_NODE = {
  TS_NODE_SKIP_PROJECT: 'true',
  TS_NODE_COMPILER_OPTIONS: JSON.stringify({
    module: 'commonjs',
    target: 'es2022',
    esModuleInterop: true,
    ignoreDeprecations: '6.0',
  }),
}
const NEW_NODE = ['--require', path.resolve('test/fixtures/newNode.cjs')]

let folder: string
beforeAll(() => {
  // The folder lies below this project, so that its packages are found.
  mkdirSync('artifacts', { recursive: true })
  folder = mkdtempSync(path.resolve('artifacts', 'stacks-'))
  const source = readFileSync(scriptPath('sites/stacks.ts'), 'utf8')
  const write = (name: string, module: ts.ModuleKind, inlineSourceMap = false): void => {
    const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true, inlineSourceMap }
    const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: 'stacks.ts' })
    writeFileSync(path.join(folder, name), outputText)
  }
  write('stacks.cjs', ts.ModuleKind.CommonJS)
  write('stacks.mjs', ts.ModuleKind.ES2022)
  write('mapped.cjs', ts.ModuleKind.CommonJS, true)
  write('mapped.mjs', ts.ModuleKind.ES2022, true)
  writeFileSync(path.join(folder, 'stacks.ts'), source)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * What a process has printed, without the frames of Node's own tick queue. Promises are settled from that queue when
 * anything is in it, such as the message to the monitor's thread, and right after the script otherwise.
 */
function seen({ stdout, stderr, exitCode }: Ended): Partial<Ended> {
  const plain = (text: string): string => text.replace(/\n {4}at (?:process\.)?processTicksAndRejections .*/g, '')
  return { stdout: plain(stdout), stderr: plain(stderr), exitCode }
}

/** Name, script, options for Node, and version of Node, or null for the present one. */
type Way = [name: string, script: string, nodeArgs: string[], version: string | null]

/** How programs are commonly run. */
const COMMON: Way[] = [
  ['CommonJS', 'stacks.cjs', [], null],
  ['ES modules', 'stacks.mjs', [], null],
  ['tsx', 'stacks.ts', ['--import', 'tsx'], null],
  ['source maps of Node', 'stacks.mjs', ['--enable-source-maps'], null],
  ['Node 18', 'stacks.cjs', [], '18.20.8'],
  ['Node 24', 'stacks.cjs', NEW_NODE, '24.21.0'],
]

/** Further ways. */
const FURTHER: Way[] = [
  ['ts-node', 'stacks.ts', ['--require', 'ts-node/register/transpile-only'], null],
  ['Node 18, source maps', 'mapped.cjs', ['--enable-source-maps'], '18.20.8'],
  ['Node 18, source maps of ES modules', 'mapped.mjs', ['--enable-source-maps'], '18.20.8'],
  ['Node 18, tsx', 'stacks.ts', ['--import', 'tsx'], '18.20.8'],
]

describe('stack traces are the same with and without the monitor', () => {
  it.each(sweep(COMMON, FURTHER))('%s', async (_, script, nodeArgs, version) => {
    const node = version === null ? process.execPath : (await providePrivateNode(undefined, version)).binary
    const file = path.join(folder, script)
    const options = { nodeArgs, node, env: TS_NODE }
    const [watched, plain] = await Promise.all([train(file, options), runPlain(file, options)])
    expect(plain.stdout).toMatch(/--- what was there put back\nRangeError: the layer breaks\n {4}at \S*breaks/)
    expect(plain.exitCode).toBe(1)
    expect(seen(watched)).toEqual(seen(plain))
    expect(watched.state.problems).toMatchObject([{ message: 'RangeError: the layer breaks' }])
  })
})

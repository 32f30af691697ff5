import { build } from 'esbuild'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** The programs: one file for each way of training, and train.ts, which runs them one after the other. */
export const WAYS = path.resolve('test/fixtures/ways')

const WASM = path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/dist')

/** What stands in for `@tensorflow/tfjs-node`, and how it is made ready. */
export interface Backend {
  name: string
  package: string
  /** Replaces backend.ts; left out for the native backend, which the programs are written for. */
  ready?: string
}

export const BACKENDS: Backend[] = [
  { name: 'tfjs-node', package: '@tensorflow/tfjs-node' },
  {
    name: 'wasm',
    package: '@tensorflow/tfjs',
    ready: `import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'

export const ready = async () => { await tf.setBackend('wasm') }
`,
  },
  { name: 'cpu', package: '@tensorflow/tfjs' },
]

/** A way of writing and starting a program. */
export interface System {
  name: string
  /** Fills a folder with the program. @returns arguments of `saturation run` and the files whose lines are shown. */
  prepare(folder: string, backend: Backend): Promise<Prepared> | Prepared
}

export interface Prepared {
  args: string[]
  /** Extension of the files on which the layers' lines are to be found. */
  shown: string
  /** Where these files and the program's start are, when that is not the folder itself. */
  sources?: string
  cwd?: string
}

export const SYSTEMS: System[] = [
  { name: 'CommonJS', prepare: (folder, backend) => transpiled(folder, backend, 'cjs') },
  { name: 'ES modules', prepare: (folder, backend) => transpiled(folder, backend, 'esm') },
  {
    name: 'TypeScript, tsx',
    prepare(folder, backend) {
      sources(folder, backend)
      return { args: ['train.ts'], shown: '.ts' }
    },
  },
  {
    name: 'TypeScript, ts-node, npm run',
    prepare(folder, backend) {
      // ts-node resolves neither .ts nor .js to the other.
      sources(folder, backend, (text) => text.replace(/(from '\.\/\w+)\.ts'/g, "$1'"))
      const compilerOptions = { module: 'node16', target: 'es2022', strict: true, skipLibCheck: true, types: ['node'] }
      writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      const scripts = { train: 'ts-node train.ts' }
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'ways', version: '1.0.0', scripts }))
      return { args: ['--npm', 'train'], shown: '.ts' }
    },
  },
  {
    name: 'bundle, tfjs apart',
    prepare: (folder, backend) => bundled(folder, backend, ['@tensorflow/*', 'tfjs3']),
  },
  { name: 'bundle with tfjs', prepare: (folder, backend) => bundled(folder, backend, []) },
]

/** Node 24 runs TypeScript by itself, where neither tsx nor ts-node is installed. */
export const TYPES_REMOVED: System = {
  name: 'TypeScript, Node 24',
  prepare(folder, backend) {
    sources(folder, backend)
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    mkdirSync(path.join(folder, 'node_modules'))
    symlinkSync(path.resolve('node_modules/@tensorflow'), path.join(folder, 'node_modules/@tensorflow'), 'dir')
    return { args: ['train.ts'], shown: '.ts' }
  },
}

function sources(folder: string, backend: Backend, change = (text: string): string => text): void {
  cpSync(WAYS, folder, { recursive: true })
  if (backend.ready) writeFileSync(path.join(folder, 'backend.ts'), backend.ready)
  for (const name of readdirSync(WAYS)) {
    const file = path.join(folder, name)
    writeFileSync(
      file,
      change(readFileSync(file, 'utf8').replaceAll("'@tensorflow/tfjs-node'", `'${backend.package}'`)),
    )
  }
}

/** JavaScript as a person would have written it: no source map, lines of its own. */
export function transpiled(folder: string, backend: Backend, format: 'cjs' | 'esm'): Prepared {
  const extension = format === 'cjs' ? '.cjs' : '.mjs'
  sources(folder, backend, (text) => text.replace(/(from '\.\/\w+)\.ts'/g, `$1${extension}'`))
  for (const name of readdirSync(WAYS)) {
    const module = format === 'cjs' ? ts.ModuleKind.CommonJS : ts.ModuleKind.ES2022
    const compilerOptions = { module, target: ts.ScriptTarget.ES2022 }
    const code = ts.transpileModule(readFileSync(path.join(folder, name), 'utf8'), { compilerOptions }).outputText
    writeFileSync(path.join(folder, name.replace('.ts', extension)), code)
  }
  return { args: [`train${extension}`], shown: extension }
}

async function bundled(folder: string, backend: Backend, external: string[]): Promise<Prepared> {
  sources(folder, backend)
  // A bundle looks for these beside itself.
  for (const name of readdirSync(WASM).filter((file) => file.endsWith('.wasm'))) {
    cpSync(path.join(WASM, name), path.join(folder, 'out', name))
  }
  await build({
    entryPoints: [path.join(folder, 'train.ts')],
    outfile: path.join(folder, 'out', 'train.js'),
    bundle: true,
    platform: 'node',
    target: 'node18',
    minify: true,
    keepNames: true,
    sourcemap: true,
    external,
    logLevel: 'silent',
  })
  return { args: [path.join('out', 'train.js')], shown: '.ts' }
}

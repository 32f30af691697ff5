import { build } from 'esbuild'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** Folder of the programs: a file for each way of training, and train.ts, which runs them one after the other. */
export const WAYS = path.resolve('test/fixtures/ways')

const WASM = path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/dist')

/** A backend of TensorFlow.js for the programs, which are written for `@tensorflow/tfjs-node`. */
export interface Backend {
  name: string
  /** Package that the programs import instead of `@tensorflow/tfjs-node`. */
  package: string
  /** Content of backend.ts, which makes the backend ready; absent where the programs' own file does. */
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

/** A way of writing and starting a program: its module system, language and bundling. */
export interface System {
  name: string
  /** Fills a folder with the program. */
  prepare(folder: string, backend: Backend): Promise<Prepared> | Prepared
}

/** A program that is ready to run. */
export interface Prepared {
  /** Arguments of `saturation run`, without its options. */
  args: string[]
  /** Extension of the files in which the layers' lines are expected. */
  extension: string
  /** Folder of these files, if it is not the program's. */
  sources?: string
  /** Folder to start the program in, if it is not the program's. */
  cwd?: string
}

export const SYSTEMS: System[] = [
  { name: 'CommonJS', prepare: (folder, backend) => transpiled(folder, backend, 'cjs') },
  { name: 'ES modules', prepare: (folder, backend) => transpiled(folder, backend, 'esm') },
  {
    name: 'TypeScript, tsx',
    prepare(folder, backend) {
      copySources(folder, backend)
      return { args: ['train.ts'], extension: '.ts' }
    },
  },
  {
    name: 'TypeScript, ts-node, npm run',
    prepare(folder, backend) {
      // ts-node does not resolve an import of a .ts or .js file to the other, so imports have no extension.
      copySources(folder, backend, (text) => text.replace(/(from '\.\/\w+)\.ts'/g, "$1'"))
      const compilerOptions = { module: 'node16', target: 'es2022', strict: true, skipLibCheck: true, types: ['node'] }
      writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      const scripts = { train: 'ts-node train.ts' }
      writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'ways', version: '1.0.0', scripts }))
      return { args: ['--npm', 'train'], extension: '.ts' }
    },
  },
  {
    name: 'bundle, tfjs apart',
    prepare: (folder, backend) => bundled(folder, backend, ['@tensorflow/*', 'tfjs3']),
  },
  { name: 'bundle with tfjs', prepare: (folder, backend) => bundled(folder, backend, []) },
]

/** TypeScript that Node 24 runs by itself, in a folder where neither tsx nor ts-node is installed. */
export const NATIVE_TYPESCRIPT: System = {
  name: 'TypeScript, Node 24',
  prepare(folder, backend) {
    copySources(folder, backend)
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    mkdirSync(path.join(folder, 'node_modules'))
    symlinkSync(path.resolve('node_modules/@tensorflow'), path.join(folder, 'node_modules/@tensorflow'), 'dir')
    return { args: ['train.ts'], extension: '.ts' }
  },
}

/** Copies the programs into a folder, for a backend. @param change edits the text of each file. */
function copySources(folder: string, backend: Backend, change = (text: string): string => text): void {
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

/** JavaScript as a person would write it: without a source map, with its own line numbers. */
export function transpiled(folder: string, backend: Backend, format: 'cjs' | 'esm'): Prepared {
  const extension = format === 'cjs' ? '.cjs' : '.mjs'
  copySources(folder, backend, (text) => text.replace(/(from '\.\/\w+)\.ts'/g, `$1${extension}'`))
  for (const name of readdirSync(WAYS)) {
    const module = format === 'cjs' ? ts.ModuleKind.CommonJS : ts.ModuleKind.ES2022
    const compilerOptions = { module, target: ts.ScriptTarget.ES2022 }
    const code = ts.transpileModule(readFileSync(path.join(folder, name), 'utf8'), { compilerOptions }).outputText
    writeFileSync(path.join(folder, name.replace('.ts', extension)), code)
  }
  return { args: [`train${extension}`], extension }
}

async function bundled(folder: string, backend: Backend, external: string[]): Promise<Prepared> {
  copySources(folder, backend)
  // A bundle looks for the .wasm files beside itself.
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
  return { args: [path.join('out', 'train.js')], extension: '.ts' }
}

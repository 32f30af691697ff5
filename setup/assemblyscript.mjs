/**
 * Plugins for esbuild and Vite that compile AssemblyScript to WebAssembly.
 *
 * An import of `NAME.wasm` gives the binary (a Uint8Array) that is compiled from `NAME.ts` in the same folder. An
 * import of `NAME.relaxed.wasm` gives a binary from the same source for engines with relaxed SIMD. The binary is
 * embedded in the bundle, so that every bundle stays one file. A folder with AssemblyScript must hold no other
 * TypeScript: every `.ts` file in it counts as a source.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Options of the AssemblyScript compiler for every module. */
const COMPILER_OPTIONS = [
  '--optimizeLevel',
  '3',
  '--noAssert',
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--use',
  'abort=',
]

/** Names the compiler's version: a new version compiles every module again. */
const COMPILER_PACKAGE = new URL('../node_modules/assemblyscript/package.json', import.meta.url)

/** Folder of the compiled modules. */
const CACHE_FOLDER = new URL('../node_modules/.cache/assemblyscript/', import.meta.url)

/** Additional options for a module with relaxed SIMD. */
const RELAXED_SIMD_OPTIONS = ['--enable', 'relaxed-simd']

/**
 * Compiles one module, or returns it from the cache if sources, compiler and options are unchanged. A compilation takes
 * seconds, and every build and every test run needs the module.
 * @param {string} module path of the `.wasm` module, in the folder of its source
 * @returns {Promise<Uint8Array>} the binary
 * @throws {Error} with the compiler's messages
 */
export async function compile(module) {
  const source = sourceOf(module)
  const options =
    module === source.replace(/\.ts$/, '.wasm') ? COMPILER_OPTIONS : [...COMPILER_OPTIONS, ...RELAXED_SIMD_OPTIONS]
  const hash = createHash('sha256').update(readFileSync(COMPILER_PACKAGE)).update(options.join(' ')).update(source)
  for (const file of sourcesInFolderOf(source)) hash.update(`${file}\0`).update(readFileSync(file))
  const cachedModule = new URL(`${hash.digest('hex')}.wasm`, CACHE_FOLDER)
  if (!existsSync(cachedModule)) {
    const binary = await runCompiler(source, options)
    mkdirSync(CACHE_FOLDER, { recursive: true })
    const unfinished = new URL(`${cachedModule.href}.${process.pid}`)
    writeFileSync(unfinished, binary)
    renameSync(unfinished, cachedModule)
  }
  return readFileSync(cachedModule)
}

/** Lists the AssemblyScript files of a folder. @param {string} fileInFolder */
function sourcesInFolderOf(fileInFolder) {
  const folder = path.dirname(fileInFolder)
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  return names.sort().map((name) => path.join(folder, name))
}

/** @param {string} source @param {string[]} options @returns {Promise<Uint8Array>} */
async function runCompiler(source, options) {
  // The name is in a variable so that TypeScript does not load the package's types: they declare globals, among them
  // another `require`.
  const name = 'assemblyscript/asc'
  const { default: asc } = await import(name)
  /** @type {Uint8Array | undefined} */
  let binary
  const { error, stderr } = await asc.main([path.basename(source), '--outFile', 'out.wasm', ...options], {
    /** @param {string} file @param {string} base */
    readFile(file, base) {
      const absolute = path.resolve(path.dirname(source), base, file)
      return existsSync(absolute) ? readFileSync(absolute, 'utf8') : null
    },
    /** @param {string} _file @param {Uint8Array} content */
    writeFile(_file, content) {
      binary = content
    },
    listFiles: () => [],
  })
  if (error || !binary) throw new Error(`${source}: ${stderr.toString() || error?.message}`)
  return binary
}

/** @param {string} module */
const sourceOf = (module) => module.replace(/(\.relaxed)?\.wasm$/, '.ts')

/** @type {import('esbuild').Plugin} */
export const esbuildPlugin = {
  name: 'assemblyscript',
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path: name, importer }) => ({
      path: path.resolve(path.dirname(importer), name),
      namespace: 'assemblyscript',
    }))
    build.onLoad({ filter: /.*/, namespace: 'assemblyscript' }, async ({ path: module }) => ({
      contents: await compile(module),
      loader: 'binary',
      watchFiles: sourcesInFolderOf(module),
    }))
  },
}

/** @type {import('vite').Plugin} */
export const vitePlugin = {
  name: 'assemblyscript',
  enforce: 'pre',
  resolveId: (name, importer) =>
    name.endsWith('.wasm') && importer ? `\0${path.resolve(path.dirname(importer), name)}` : undefined,
  async load(id) {
    if (!id.startsWith('\0') || !id.endsWith('.wasm')) return undefined
    for (const file of sourcesInFolderOf(id.slice(1))) this.addWatchFile(file)
    const binary = await compile(id.slice(1))
    return `export default Uint8Array.from(atob('${Buffer.from(binary).toString('base64')}'), (c) => c.charCodeAt(0))`
  },
}

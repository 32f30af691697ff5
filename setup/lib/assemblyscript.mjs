/**
 * Compiles AssemblyScript to WebAssembly for the bundlers: an import of `NAME.wasm` is the binary (a Uint8Array) compiled
 * from `NAME.ts` beside it, that of `NAME.relaxed.wasm` one for engines with relaxed SIMD; embedded, so that every bundle
 * stays one file. A folder of AssemblyScript holds nothing else.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const OPTIONS = ['--optimizeLevel', '3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--use', 'abort=']
const COMPILER = new URL('../../node_modules/assemblyscript/package.json', import.meta.url)
const CACHE = new URL('../../node_modules/.cache/assemblyscript/', import.meta.url)

const RELAXED = ['--enable', 'relaxed-simd']

/**
 * Compiles one module, or takes what the same sources gave before: a compilation takes seconds, and every build and every
 * run of the tests asks for it.
 * @param {string} module path of the module, beside its entry file
 * @returns {Promise<Uint8Array>} the module
 * @throws {Error} with the compiler's messages
 */
export async function compile(module) {
  const source = sourceOf(module)
  const options = module === source.replace(/\.ts$/, '.wasm') ? OPTIONS : [...OPTIONS, ...RELAXED]
  const hash = createHash('sha256').update(readFileSync(COMPILER)).update(options.join(' ')).update(source)
  for (const file of sourcesBeside(source)) hash.update(`${file}\0`).update(readFileSync(file))
  const cached = new URL(`${hash.digest('hex')}.wasm`, CACHE)
  if (!existsSync(cached)) {
    const binary = await run(source, options)
    mkdirSync(CACHE, { recursive: true })
    const unfinished = new URL(`${cached.href}.${process.pid}`)
    writeFileSync(unfinished, binary)
    renameSync(unfinished, cached)
  }
  return readFileSync(cached)
}

/** @param {string} source */
function sourcesBeside(source) {
  const folder = path.dirname(source)
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  return names.sort().map((name) => path.join(folder, name))
}

/** @param {string} source @param {string[]} options @returns {Promise<Uint8Array>} */
async function run(source, options) {
  // A name that TypeScript does not see keeps the package's global declarations (another `require`) out of ours.
  const name = 'assemblyscript/asc'
  const { default: asc } = await import(name)
  /** @type {Uint8Array | undefined} */
  let binary
  const { error, stderr } = await asc.main([path.basename(source), '--outFile', 'out.wasm', ...options], {
    /** @param {string} file @param {string} base */
    readFile(file, base) {
      const place = path.resolve(path.dirname(source), base, file)
      return existsSync(place) ? readFileSync(place, 'utf8') : null
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
      watchFiles: sourcesBeside(module),
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
    for (const file of sourcesBeside(id.slice(1))) this.addWatchFile(file)
    const binary = await compile(id.slice(1))
    return `export default Uint8Array.from(atob('${Buffer.from(binary).toString('base64')}'), (c) => c.charCodeAt(0))`
  },
}

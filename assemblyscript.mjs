/**
 * Compiles AssemblyScript to WebAssembly for the bundlers: an import of `NAME.wasm` is the binary (a Uint8Array) compiled
 * from `NAME.ts` beside it, embedded, so that every bundle stays one file. A folder of AssemblyScript holds nothing else.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const OPTIONS = ['--optimizeLevel', '3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--use', 'abort=']
const COMPILER = new URL('node_modules/assemblyscript/package.json', import.meta.url)
const CACHE = new URL('node_modules/.cache/assemblyscript/', import.meta.url)

/**
 * Compiles one module, or takes what the same sources gave before: a compilation takes seconds, and every build and every
 * run of the tests asks for it.
 * @param {string} source path of the entry file
 * @returns {Promise<Uint8Array>} the module
 * @throws {Error} with the compiler's messages
 */
export async function compile(source) {
  const hash = createHash('sha256').update(readFileSync(COMPILER)).update(OPTIONS.join(' ')).update(source)
  for (const file of sourcesBeside(source)) hash.update(`${file}\0`).update(readFileSync(file))
  const cached = new URL(`${hash.digest('hex')}.wasm`, CACHE)
  if (!existsSync(cached)) {
    const binary = await run(source)
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

/** @param {string} source @returns {Promise<Uint8Array>} */
async function run(source) {
  // A name that TypeScript does not see keeps the package's global declarations (another `require`) out of ours.
  const name = 'assemblyscript/asc'
  const { default: asc } = await import(name)
  /** @type {Uint8Array | undefined} */
  let binary
  const { error, stderr } = await asc.main([path.basename(source), '--outFile', 'out.wasm', ...OPTIONS], {
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

/** @param {string} name @param {string} importer */
const sourceOf = (name, importer) => path.resolve(path.dirname(importer), name.replace(/\.wasm$/, '.ts'))

/** @type {import('esbuild').Plugin} */
export const esbuildPlugin = {
  name: 'assemblyscript',
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path: name, importer }) => ({
      path: sourceOf(name, importer),
      namespace: 'assemblyscript',
    }))
    build.onLoad({ filter: /.*/, namespace: 'assemblyscript' }, async ({ path: source }) => ({
      contents: await compile(source),
      loader: 'binary',
      watchFiles: sourcesBeside(source),
    }))
  },
}

/** @type {import('vite').Plugin} */
export const vitePlugin = {
  name: 'assemblyscript',
  enforce: 'pre',
  resolveId: (name, importer) => (name.endsWith('.wasm') && importer ? `\0${sourceOf(name, importer)}` : undefined),
  async load(id) {
    if (!id.startsWith('\0') || !id.endsWith('.ts')) return undefined
    for (const file of sourcesBeside(id.slice(1))) this.addWatchFile(file)
    const binary = await compile(id.slice(1))
    return `export default Uint8Array.from(atob('${Buffer.from(binary).toString('base64')}'), (c) => c.charCodeAt(0))`
  },
}

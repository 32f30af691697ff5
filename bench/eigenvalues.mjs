/**
 * Compares our time for all eigenvalues, and for k alone, with LAPACK's (NumPy's `eigvalsh`), which run alternately on
 * one thread each. All times are processor time, so that other programs change the ratios only by their use of caches.
 *
 *   node bench/eigenvalues.mjs [WIDTH…]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { esbuildPlugin as assemblyScript } from '../setup/assemblyscript.mjs'
import { isMain, ROOT } from '../setup/lib/paths.mjs'
import { activations, DECAYING, independent, withSpectrum } from './eigenvalues/covariances.mjs'
import { startNumpy } from './eigenvalues/numpy.mjs'

/** Widths that are measured by default. */
const WIDTHS = [64, 128, 256, 512, 1024, 2048]
/** Rounds, in each of which both solvers run. */
const ROUNDS = 5
/** Share of the variance for k. */
const DELTA = 0.99
/** Approximate milliseconds for one solver in one round. */
const ROUND_MS = 150

/**
 * @typedef {object} EigenvalueTime
 * @property {number} width
 * @property {string} features name of the features whose covariance was solved, or of the matrix's spectrum
 * @property {'all' | 'k'} find what was computed: all eigenvalues, or k alone
 * @property {number} k dimension at delta 0.99
 * @property {number} columns columns that were reduced in float64
 * @property {number} singleColumns further columns that were reduced in float32
 * @property {number} dead number of features without variance
 * @property {number} ours our milliseconds of processor time, the minimum over all rounds
 * @property {number} lapack LAPACK's milliseconds of processor time, the minimum over all rounds
 * @property {number} least minimum over the rounds of ours / lapack, each the minimum of the round
 * @property {number} median median of the same ratios
 */

/**
 * @param {number[]} [widths]
 * @param {(text: string) => void} [report]
 * @returns {Promise<{ numpy: string, times: EigenvalueTime[] }>}
 * @throws {Error} with advice when there is no Python, or pip cannot install NumPy
 */
export async function benchEigenvalues(widths = WIDTHS, report) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  const numpy = await startNumpy(report)
  try {
    const solver = await bundle(folder)
    /** @type {EigenvalueTime[]} */
    const times = []
    for (const width of widths) {
      /** @param {string} features @param {Float64Array} matrix @param {readonly ('all' | 'k')[]} finds */
      const measure = async (features, matrix, finds) => {
        report?.(`${width} ${features}`)
        for (const find of finds)
          times.push({ width, features, find, ...(await compare(folder, solver, numpy, matrix, width, find)) })
      }
      await measure('independent', independent(width), ['all', 'k'])
      await measure('activations', await activations(width), ['all', 'k'])
      for (const [name, value] of Object.entries(DECAYING)) await measure(name, withSpectrum(width, value), ['k'])
    }
    return { numpy: numpy.version, times }
  } finally {
    numpy.end()
    rmSync(folder, { recursive: true })
  }
}

/**
 * Bundles the solver in the same way as the extension does.
 * @param {string} folder
 * @returns {Promise<Solver>}
 */
async function bundle(folder) {
  const outfile = path.join(folder, 'solver.mjs')
  const modules = ['linalg/eigenvalues', 'dimension', 'certified/certifiedDimension']
  const contents = modules.map((name) => `export * from './src/saturation/${name}.ts'`).join('\n')
  const stdin = { contents, resolveDir: ROOT }
  await build({ stdin, outfile, bundle: true, format: 'esm', target: 'node18', plugins: [assemblyScript] })
  return import(pathToFileURL(outfile).href)
}

/**
 * @typedef {typeof import('../src/saturation/linalg/eigenvalues.ts') & typeof import('../src/saturation/dimension.ts')
 *   & typeof import('../src/saturation/certified/certifiedDimension.ts')} Solver
 * @param {string} folder @param {Solver} solver @param {Awaited<ReturnType<typeof startNumpy>>} numpy
 * @param {Float64Array} matrix @param {number} n @param {'all' | 'k'} find
 */
async function compare(folder, solver, numpy, matrix, n, find) {
  const file = path.join(folder, 'matrix.f64')
  writeFileSync(file, matrix)
  const exact = solver.dimension(solver.eigenvalues(matrix, n), DELTA)
  const { k, columns, float32Columns } = solver.certifiedDimension(matrix, n, DELTA)
  if (k !== exact) throw new Error(`k of ${n} features was said to be ${k}, and is ${exact}`)
  const solve = () => (find === 'k' ? solver.certifiedDimension(matrix, n, DELTA) : solver.eigenvalues(matrix, n))
  const repeats = Math.max(1, Math.min(200, Math.round(ROUND_MS / (await least(numpy.time(file, n, 1))))))
  /** @type {{ ours: number, lapack: number }[]} */
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const lapack = await least(numpy.time(file, n, repeats))
    const ours = Array.from({ length: repeats }, () => {
      const began = process.cpuUsage()
      solve()
      const { user, system } = process.cpuUsage(began)
      return (user + system) / 1000
    })
    rounds.push({ ours: Math.min(...ours), lapack })
  }
  const ratios = rounds.map(({ ours, lapack }) => ours / lapack).sort((a, b) => a - b)
  return {
    k,
    columns: find === 'k' ? columns : n,
    singleColumns: find === 'k' ? float32Columns : 0,
    dead: Array.from({ length: n }, (_, i) => matrix[i * n + i]).filter((variance) => variance === 0).length,
    ours: Math.min(...rounds.map((round) => round.ours)),
    lapack: Math.min(...rounds.map((round) => round.lapack)),
    least: ratios[0] ?? NaN,
    median: ratios[ROUNDS >> 1] ?? NaN,
  }
}

/** @param {Promise<number[]>} times */
async function least(times) {
  return Math.min(...(await times))
}

if (isMain(import.meta.url)) {
  const widths = process.argv.slice(2).map(Number)
  const { numpy, times } = await benchEigenvalues(widths.length > 0 ? widths : undefined, (text) =>
    process.stderr.write(`${text}\n`),
  )
  console.log(`Eigenvalues beside NumPy ${numpy}, one thread, ${ROUNDS} rounds in turns`)
  console.log(
    'width  features             find  k at 0.99  dead  columns  float32   ours ms   LAPACK ms  ratio: least   median',
  )
  for (const { width, features, find, k, dead, columns, singleColumns, ours, lapack, least, median } of times)
    console.log(
      [
        String(width).padStart(5),
        features.padEnd(19),
        find.padEnd(4),
        String(k).padStart(9),
        String(dead).padStart(4),
        String(columns).padStart(7),
        String(singleColumns).padStart(7),
        ours.toFixed(2).padStart(8),
        lapack.toFixed(2).padStart(10),
        least.toFixed(2).padStart(13),
        median.toFixed(2).padStart(7),
      ].join('  '),
    )
}

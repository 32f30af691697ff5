/**
 * Times NumPy's `eigvalsh`, which is LAPACK, on one thread, with a NumPy that is installed in the per-user cache.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cached } from '../../setup/lib/cache.mjs'
import { PLATFORM } from '../../setup/lib/paths.mjs'
import { findPython, runPython } from '../../setup/tensorflow/python.mjs'

const REQUIREMENT = 'numpy>=2,<3'
const SCRIPT = fileURLToPath(new URL('eigvalsh.py', import.meta.url))

/**
 * @typedef {object} Numpy a running Python process with NumPy
 * @property {string} version of NumPy
 * @property {(file: string, n: number, repeats: number) => Promise<number[]>} time milliseconds of processor time that
 *   `eigvalsh` takes for a file of n × n float64, once per repeat
 * @property {() => void} end ends the process
 */

/**
 * Starts Python with NumPy. Installs NumPy into the per-user cache the first time.
 * @param {(text: string) => void} [report]
 * @returns {Promise<Numpy>}
 * @throws {Error} with advice when there is no Python, or pip cannot install NumPy
 */
export async function startNumpy(report) {
  const python = await findPython()
  const packages = await cached(
    `numpy-2-python-${python.version}-${PLATFORM}`,
    async (folder) => {
      report?.('installing NumPy')
      const args = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '--target', folder, REQUIREMENT]
      await runPython(python, args, { timeout: 300_000 })
    },
    report,
  )
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' }
  for (const library of ['OMP', 'OPENBLAS', 'MKL', 'VECLIB_MAXIMUM']) env[`${library}_NUM_THREADS`] = '1'
  // These variables, if set on this machine, can force OpenBLAS to use a slower kernel than it would choose.
  delete env.OPENBLAS_CORETYPE
  delete env.OPENBLAS_L2_SIZE
  const child = spawn(python.command, [...python.args, SCRIPT], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const readAnswer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${path.basename(SCRIPT)} ended early`)
    return JSON.parse(value)
  }
  return {
    version: await readAnswer(),
    time(file, n, repeats) {
      child.stdin.write(`${JSON.stringify([file, n, repeats])}\n`)
      return readAnswer()
    },
    end: () => child.stdin.end(),
  }
}

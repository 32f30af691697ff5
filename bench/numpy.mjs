/**
 * NumPy in a folder of our own, and its time for a matrix: LAPACK on one thread, the yardstick of eigenvalue solvers.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cached } from '../setup/lib/cache.mjs'
import { PLATFORM } from '../setup/lib/paths.mjs'
import { findPython, runPython } from '../setup/tensorflow/python.mjs'

const REQUIREMENT = 'numpy>=2,<3'
const SCRIPT = fileURLToPath(new URL('eigvalsh.py', import.meta.url))

/**
 * Starts Python with NumPy, installing NumPy into the per-user cache the first time.
 * @param {(text: string) => void} [report]
 * @returns {Promise<{ version: string, time(file: string, n: number, repeats: number): Promise<number[]>, end(): void }>}
 *   `time`: milliseconds of `eigvalsh` for a file of n × n float64, that often
 * @throws {Error} saying what to do when there is no Python, or pip cannot install NumPy
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
  // Settings of the machine that make OpenBLAS take a slower kernel than it would choose are not LAPACK's time.
  delete env.OPENBLAS_CORETYPE
  delete env.OPENBLAS_L2_SIZE
  const child = spawn(python.command, [...python.args, SCRIPT], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${path.basename(SCRIPT)} ended early`)
    return JSON.parse(value)
  }
  return {
    version: await answer(),
    time(file, n, repeats) {
      child.stdin.write(`${JSON.stringify([file, n, repeats])}\n`)
      return answer()
    },
    end: () => child.stdin.end(),
  }
}

import { cached } from '../setup/lib/cache.mjs'
import { PLATFORM } from '../setup/lib/paths.mjs'
import { findPython, runPython } from '../setup/tensorflow/python.mjs'

/**
 * Finds Python and installs packages for it in a folder of the per-user cache, the first time only.
 * @param {string} name name of the set of packages
 * @param {string[]} requirements packages in pip's syntax
 * @param {(text: string) => void} report
 * @param {string[]} [pipOptions]
 * @returns {Promise<import('../setup/tensorflow/python.mjs').Python & { env: NodeJS.ProcessEnv }>}
 * @throws {Error} with advice when there is no Python, or pip cannot install the packages
 */
export async function pythonWith(name, requirements, report, pipOptions = []) {
  const python = await findPython()
  const packages = await cached(
    `bench-${name}-python-${python.version}-${PLATFORM}`,
    async (folder) => {
      report(`installing ${requirements.join(', ')}`)
      const options = ['--quiet', '--target', folder, ...pipOptions]
      await runPython(python, ['-m', 'pip', 'install', ...options, ...requirements], { timeout: 1_800_000 })
    },
    report,
  )
  return { ...python, env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' } }
}

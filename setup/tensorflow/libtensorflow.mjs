/**
 * Provides libtensorflow from a Python package index, for machines where tfjs-node's own download is blocked. The
 * `tensorflow-cpu` wheel for Linux contains the library and the C headers. Version 2.15.1 fits: 2.9 has no
 * libtensorflow_cc yet, and 2.20 no longer has the header of the eager C API.
 */
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { cached } from '../lib/cache.mjs'
import { PLATFORM } from '../lib/paths.mjs'
import { findPython } from './python.mjs'
import { extractWheel, fetchWheel } from './wheel.mjs'

/**
 * The Python version whose wheel is used. The wheel is only unpacked, so the installed Python may be another version.
 */
const WHEEL_PYTHON = '3.11'

/** The wheel with libtensorflow for each platform. @type {Record<string, import('./wheel.mjs').Wheel>} */
const WHEELS = {
  'linux-x64': {
    python: WHEEL_PYTHON,
    requirement: 'tensorflow-cpu==2.15.1',
    platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  },
  // Untested: this wheel has the same list of members, but nobody has trained with it yet.
  'linux-arm64': {
    python: WHEEL_PYTHON,
    requirement: 'tensorflow-cpu-aws==2.15.1',
    platforms: ['manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
    sha256: 'd4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e',
  },
}

/** For each of the two libraries, the other names under which tfjs-node's build and its addon look for it. */
const LIBRARY_LINK_NAMES = {
  'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow.so.2.9.1'],
  'libtensorflow_framework.so.2': ['libtensorflow_framework.so', 'libtensorflow_framework.so.2.9.1'],
}

/**
 * Returns the cached folder with `lib/` and `include/`, and downloads and unpacks the wheel first if the folder is
 * missing.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>}
 * @throws {Error} when there is no such wheel for this platform, no Python, or the download fails
 */
export async function provideLibtensorflow(report) {
  const wheel = WHEELS[PLATFORM]
  if (!wheel || isMusl()) {
    throw new Error(`There is no wheel with libtensorflow for ${PLATFORM}${isMusl() ? ' with musl' : ''}.`)
  }
  return cached(
    `libtensorflow-2.15.1-${PLATFORM}`,
    async (folder) => {
      const python = await findPython()
      const file = await fetchWheel(python, wheel, report)
      const members = [...Object.keys(LIBRARY_LINK_NAMES), 'include/tensorflow/', 'include/tsl/'].map(
        (name) => `tensorflow/${name}`,
      )
      await extractWheel(python, file, folder, members, report)
      const unpacked = path.join(folder, 'tensorflow')
      renameSync(path.join(unpacked, 'include'), path.join(folder, 'include'))
      renameSync(unpacked, path.join(folder, 'lib'))
      for (const [library, names] of Object.entries(LIBRARY_LINK_NAMES)) {
        for (const name of names) symlinkSync(library, path.join(folder, 'lib', name))
      }
      report?.('writing checksums')
      rmSync(file)
    },
    report,
  )
}

/** Tells whether this Linux uses musl instead of glibc, as Alpine does. The wheels' libraries need glibc. */
function isMusl() {
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report?.getReport() ?? {}).header
  return process.platform === 'linux' && !header?.glibcVersionRuntime
}

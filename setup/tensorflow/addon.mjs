/**
 * Provides the native part of tfjs-node in the cache: `deps/lib` (libtensorflow) and `lib/napi-v*` (the addon).
 *
 * The native part is built in a copy of the package, so that a failure leaves the clone's node_modules unchanged. The
 * package's own install script is tried first; it downloads from the TensorFlow project. If that fails, libtensorflow
 * comes from a Python wheel and the addon is compiled.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { findOnPath } from '../lib/findOnPath.mjs'
import { cached } from '../lib/cache.mjs'
import { provideLibtensorflow } from './libtensorflow.mjs'
import { PLATFORM } from '../lib/paths.mjs'
import { providePrivateNode } from '../lib/privateNode.mjs'
import { CommandError, npm, run, withFolderOnPath } from '../lib/childProcess.mjs'

/** The node-gyp that compiles the addon. The one in an older npm does not support newer Pythons. */
const NODE_GYP_PACKAGE = 'node-gyp@11.5.0'
/**
 * Time without progress after which the install script's download is given up, in seconds. The script itself has no
 * time limit.
 */
const DOWNLOAD_STALLED_AFTER_S = 20

/** Time limit for compiling the addon, in seconds. */
const BUILD_TIMEOUT_S = 300

/**
 * Returns the cached native part of a tfjs-node package, and provides it first if it is missing.
 * @param {string} packageFolder folder of the installed package
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} a folder with `deps/lib` and `lib`
 * @throws {Error} naming the failures of both ways and what to do
 */
export async function provideAddon(packageFolder, report) {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))
  const addon = await cached(
    `tfjs-node-${version}-${PLATFORM}`,
    async (folder) => {
      const work = path.join(folder, 'package')
      copyPackage(packageFolder, work)
      try {
        await buildByInstallScript(work, report)
      } catch (installError) {
        rmSync(work, { recursive: true })
        copyPackage(packageFolder, work)
        await buildFromWheel(work, path.join(folder, 'tools'), report).catch((wheelError) => {
          throw combineErrors(installError, wheelError)
        })
      }
      for (const part of ['deps/lib', 'lib'])
        cpSync(path.join(work, part), path.join(folder, part), { recursive: true, verbatimSymlinks: true })
      rmSync(work, { recursive: true })
      rmSync(path.join(folder, 'tools'), { recursive: true, force: true })
    },
    report,
  )
  // If the addon was built from the wheel, its libraries are links into another folder of the cache, which may be
  // damaged by now.
  const library = lstatSync(path.join(addon, 'deps', 'lib', 'libtensorflow_cc.so.2'), { throwIfNoEntry: false })
  if (library?.isSymbolicLink()) await provideLibtensorflow(report)
  return addon
}

/** Copies what is needed to build the native part. @param {string} from @param {string} to */
function copyPackage(from, to) {
  mkdirSync(to, { recursive: true })
  for (const name of ['package.json', 'binding.gyp', 'binding', 'scripts'])
    cpSync(path.join(from, name), path.join(to, name), { recursive: true })
  // The copy's scripts have to find the same packages as the original's.
  symlinkSync(path.resolve(from, '..', '..'), path.join(to, 'node_modules'), 'junction')
}

/** Builds with the package's install script. @param {string} work @param {((detail: string) => void)} [report] */
async function buildByInstallScript(work, report) {
  report?.("tfjs-node's own installation")
  // The script reports no progress, but the growth of its files shows it.
  let lastSize = -1
  let lastProgressAt = 0
  await run(process.execPath, ['scripts/install.js'], {
    cwd: work,
    env: buildEnvironment(work),
    watch(seconds) {
      const isCompiling = existsSync(path.join(work, 'build'))
      const size = folderSize(path.join(work, 'deps'))
      if (size !== lastSize) ((lastSize = size), (lastProgressAt = seconds))
      const limit = isCompiling ? BUILD_TIMEOUT_S : DOWNLOAD_STALLED_AFTER_S
      return seconds - lastProgressAt > limit ? `no progress for ${limit} s` : undefined
    },
  })
  // The script exits with 0 after some failures, too.
  if (!hasAddon(work)) throw new CommandError('The install script ended without a result.', '')
}

/**
 * Builds with libtensorflow from the wheel, and compiles the addon.
 * @param {string} work @param {string} tools folder to install node-gyp in @param {((detail: string) => void)} [report]
 */
async function buildFromWheel(work, tools, report) {
  // On other platforms there is no wheel, and the error about that is more useful than one about the compiler.
  if (process.platform === 'linux') requireCompiler()
  const [library, headers] = await Promise.all([provideLibtensorflow(report), findHeaders(report)])
  mkdirSync(path.join(work, 'deps', 'lib'), { recursive: true })
  symlinkSync(path.join(library, 'include'), path.join(work, 'deps', 'include'))
  for (const name of readdirSync(path.join(library, 'lib')))
    symlinkSync(path.join(library, 'lib', name), path.join(work, 'deps', 'lib', name))
  report?.('building the addon')
  mkdirSync(tools)
  writeFileSync(path.join(tools, 'package.json'), '{"private":true}')
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', NODE_GYP_PACKAGE], { cwd: tools })
  const env = {
    ...buildEnvironment(work),
    npm_config_node_gyp: path.join(tools, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
    npm_config_nodedir: headers,
  }
  const builder = path.join(work, 'node_modules', '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp')
  await run(process.execPath, [builder, 'install', '--build-from-source', `--nodedir=${headers}`], {
    cwd: work,
    env,
    timeout: BUILD_TIMEOUT_S * 1000,
  })
  if (!hasAddon(work)) throw new CommandError('The build ended without a result.', '')
}

/**
 * Returns the folder above `include/node`: the running Node's if it came with headers, otherwise our private Node's.
 * @param {((detail: string) => void)} [report]
 */
async function findHeaders(report) {
  const prefix = path.resolve(path.dirname(process.execPath), '..')
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))
    ? prefix
    : (await providePrivateNode(report)).headers
}

/** The environment of the build, with the package's tools on the search path. @param {string} work */
function buildEnvironment(work) {
  return withFolderOnPath(path.join(work, 'node_modules', '.bin'))
}

/** Tells whether the build produced an addon. @param {string} work */
function hasAddon(work) {
  const lib = path.join(work, 'lib')
  return existsSync(lib) && readdirSync(lib).some((name) => existsSync(path.join(lib, name, 'tfjs_binding.node')))
}

/** Adds up the sizes of all files below a folder. @param {string} folder @returns {number} in bytes */
function folderSize(folder) {
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((sum, entry) => {
    const stat = entry.isFile()
      ? statSync(path.join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })
      : undefined
    return sum + (stat?.size ?? 0)
  }, 0)
}

/**
 * Checks for the tools that compile the addon. Called before the wheel of 200 MB is downloaded.
 * @throws {Error} naming what is missing
 */
function requireCompiler() {
  const compiler = process.env.CXX ? [process.env.CXX.split(' ')[0] ?? ''] : ['g++', 'c++', 'clang++']
  const missing = [
    findOnPath(['make', 'gmake']) ? [] : ['make'],
    findOnPath(compiler) || compiler.some(existsSync) ? [] : ['a C++ compiler'],
  ].flat()
  if (missing.length === 0) return
  throw new Error(
    `${missing.join(' and ')} not found. Install them (Debian, Ubuntu: apt-get install build-essential) and start again.`,
  )
}

/** Describes both failures in one error. @param {unknown} installError @param {unknown} wheelError */
function combineErrors(installError, wheelError) {
  const a = /** @type {CommandError} */ (installError)
  const b = /** @type {CommandError} */ (wheelError)
  const reason = (a.tail ?? '').split('\n').find((line) => /^\w*Error: /.test(line)) ?? a.message
  return new CommandError(
    `tfjs-node has no native library yet.\n1. Its own installation failed: ${reason}\n2. Building it from a Python package failed: ${b.message}\n` +
      'Either is enough: make the TensorFlow download reachable (HTTPS_PROXY is obeyed), or remove what stopped the second.',
    b.tail ?? '',
  )
}

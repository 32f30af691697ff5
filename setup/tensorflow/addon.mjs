/**
 * tfjs-node's native half, in the cache: `deps/lib` (libtensorflow) and `lib/napi-v*` (the addon).
 *
 * It is made in a copy of the package, so that a failure half-way leaves the clone's own node_modules as they were: first by the
 * package's install script, which downloads from the TensorFlow project; where that is out of reach, from a wheel and a compiler.
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
import { providePrivateNode } from './privateNode.mjs'
import { CommandError, npm, run, withPath } from '../lib/childProcess.mjs'

const NODE_GYP = 'node-gyp@11.5.0'
// The install script's download has no time limit of its own. Its progress is visible in what it has written so far.
const STALLED_S = 20
const BUILD_LIMIT_S = 300

/**
 * The cached native half of the given tfjs-node.
 * @param {string} packageFolder the installed package
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} a folder with `deps/lib` and `lib`
 * @throws {Error} naming both ways' failures and what to do
 */
export async function provideAddon(packageFolder, report) {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))
  const addon = await cached(
    `tfjs-node-${version}-${PLATFORM}`,
    async (folder) => {
      const work = path.join(folder, 'package')
      copyPackage(packageFolder, work)
      try {
        await byInstallScript(work, report)
      } catch (first) {
        rmSync(work, { recursive: true })
        copyPackage(packageFolder, work)
        await fromWheel(work, path.join(folder, 'tools'), report).catch((second) => {
          throw explain(first, second)
        })
      }
      for (const part of ['deps/lib', 'lib'])
        cpSync(path.join(work, part), path.join(folder, part), { recursive: true, verbatimSymlinks: true })
      rmSync(work, { recursive: true })
      rmSync(path.join(folder, 'tools'), { recursive: true, force: true })
    },
    report,
  )
  // Made from the wheel, its libraries are links into another folder of the cache, which may have been damaged meanwhile.
  const library = lstatSync(path.join(addon, 'deps', 'lib', 'libtensorflow_cc.so.2'), { throwIfNoEntry: false })
  if (library?.isSymbolicLink()) await provideLibtensorflow(report)
  return addon
}

/** @param {string} from @param {string} to */
function copyPackage(from, to) {
  mkdirSync(to, { recursive: true })
  for (const name of ['package.json', 'binding.gyp', 'binding', 'scripts'])
    cpSync(path.join(from, name), path.join(to, name), { recursive: true })
  // Its scripts find the packages they need where the original finds them.
  symlinkSync(path.resolve(from, '..', '..'), path.join(to, 'node_modules'), 'junction')
}

/** @param {string} work @param {((detail: string) => void)} [report] */
async function byInstallScript(work, report) {
  report?.("tfjs-node's own installation")
  let size = -1
  let since = 0
  await run(process.execPath, ['scripts/install.js'], {
    cwd: work,
    env: environment(work),
    watch(seconds) {
      const building = existsSync(path.join(work, 'build'))
      const now = sizeOf(path.join(work, 'deps'))
      if (now !== size) ((size = now), (since = seconds))
      const limit = building ? BUILD_LIMIT_S : STALLED_S
      return seconds - since > limit ? `no progress for ${limit} s` : undefined
    },
  })
  // The script ends with 0 in some failures, too.
  if (!hasAddon(work)) throw new CommandError('The install script ended without a result.', '')
}

/** @param {string} work @param {string} tools @param {((detail: string) => void)} [report] */
async function fromWheel(work, tools, report) {
  // Elsewhere there is no wheel, which is the more useful thing to be told.
  if (process.platform === 'linux') requireCompiler()
  const [library, headers] = await Promise.all([provideLibtensorflow(report), findHeaders(report)])
  mkdirSync(path.join(work, 'deps', 'lib'), { recursive: true })
  symlinkSync(path.join(library, 'include'), path.join(work, 'deps', 'include'))
  for (const name of readdirSync(path.join(library, 'lib')))
    symlinkSync(path.join(library, 'lib', name), path.join(work, 'deps', 'lib', name))
  report?.('building the addon')
  // The node-gyp that comes with an older npm does not understand newer Pythons.
  mkdirSync(tools)
  writeFileSync(path.join(tools, 'package.json'), '{"private":true}')
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', NODE_GYP], { cwd: tools })
  const env = {
    ...environment(work),
    npm_config_node_gyp: path.join(tools, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
    npm_config_nodedir: headers,
  }
  const builder = path.join(work, 'node_modules', '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp')
  await run(process.execPath, [builder, 'install', '--build-from-source', `--nodedir=${headers}`], {
    cwd: work,
    env,
    timeout: BUILD_LIMIT_S * 1000,
  })
  if (!hasAddon(work)) throw new CommandError('The build ended without a result.', '')
}

/** The folder above `include/node`: of the running Node if it came with headers, else of our own. @param {((detail: string) => void)} [report] */
async function findHeaders(report) {
  const prefix = path.resolve(path.dirname(process.execPath), '..')
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))
    ? prefix
    : (await providePrivateNode(report)).headers
}

/** @param {string} work */
function environment(work) {
  return withPath(path.join(work, 'node_modules', '.bin'))
}

/** Did the build leave an addon? @param {string} work */
function hasAddon(work) {
  const lib = path.join(work, 'lib')
  return existsSync(lib) && readdirSync(lib).some((name) => existsSync(path.join(lib, name, 'tfjs_binding.node')))
}

/** Bytes in all files below a folder. @param {string} folder @returns {number} */
function sizeOf(folder) {
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((sum, entry) => {
    const stat = entry.isFile()
      ? statSync(path.join(entry.parentPath ?? entry.path, entry.name), { throwIfNoEntry: false })
      : undefined
    return sum + (stat?.size ?? 0)
  }, 0)
}

/**
 * Said before 200 MB are downloaded, not after.
 * @throws {Error} when there is nothing to build with
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

/** Both failures in one error. @param {unknown} first @param {unknown} second */
function explain(first, second) {
  const a = /** @type {CommandError} */ (first)
  const b = /** @type {CommandError} */ (second)
  const reason = (a.tail ?? '').split('\n').find((line) => /^\w*Error: /.test(line)) ?? a.message
  return new CommandError(
    `tfjs-node has no native library yet.\n1. Its own installation failed: ${reason}\n2. Building it from a Python package failed: ${b.message}\n` +
      'Either is enough: make the TensorFlow download reachable (HTTPS_PROXY is obeyed), or remove what stopped the second.',
    b.tail ?? '',
  )
}

/**
 * Makes this clone's tfjs-node work, and proves it by a training step. `node setup/tensorflow.mjs` does just this.
 */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { provideAddon } from './addon.mjs'
import { isMain, ROOT } from '../lib/paths.mjs'
import { createProgress, describe } from '../lib/progress.mjs'
import { run } from '../lib/childProcess.mjs'

/**
 * Makes the `@tensorflow/tfjs-node` that a project uses work with the Node that runs this.
 * @param {(detail: string) => void} [report]
 * @param {string} [project] a folder of the project; this clone when left out
 * @returns {Promise<void>}
 * @throws {Error} saying what failed and what to do; everything that does not need TensorFlow works all the same
 */
export async function ensureTensorflow(report, project = ROOT) {
  const folder = findTfjsNode(project)
  if (!folder) {
    throw new Error(
      '@tensorflow/tfjs-node is not installed. npm install --ignore-scripts brings it back; start again after that.',
    )
  }
  const stamp = path.join(folder, '.saturation-proof')
  const state = describeInstalled(folder)
  if (state && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return report?.('already proven')
  // Its own installation may have worked, now or long ago.
  if (
    !state ||
    !(await prove(project, report).then(
      () => true,
      () => false,
    ))
  ) {
    link(await provideAddon(folder, report), folder)
    await prove(project, report)
  }
  writeFileSync(stamp, describeInstalled(folder) ?? '')
}

/**
 * The tfjs-node that scripts in a folder load.
 * @param {string} project
 * @returns {string | undefined} the package's folder
 */
export function findTfjsNode(project) {
  try {
    // Not through its main file: that needs the native library.
    return path.dirname(createRequire(path.join(project, 'noop.js')).resolve('@tensorflow/tfjs-node/package.json'))
  } catch {
    return undefined
  }
}

/**
 * What a proof is valid for: this Node, this addon, this library.
 * @param {string} folder
 * @returns {string | undefined} undefined when there is no addon or no library
 */
function describeInstalled(folder) {
  try {
    const addons = readdirSync(path.join(folder, 'lib')).map((name) =>
      path.join(folder, 'lib', name, 'tfjs_binding.node'),
    )
    const libraries = readdirSync(path.join(folder, 'deps', 'lib')).map((name) =>
      realpathSync(path.join(folder, 'deps', 'lib', name)),
    )
    const files = [...addons, ...libraries].map((file) => [file, statSync(file).size, statSync(file).mtimeMs])
    return addons.length && libraries.length ? JSON.stringify([process.version, files]) : undefined
  } catch {
    return undefined
  }
}

/** @param {string} project @param {((detail: string) => void)} [report] */
async function prove(project, report) {
  report?.('one training step')
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' }
  await run(process.execPath, [path.join(ROOT, 'setup', 'tensorflow', 'proof.mjs')], {
    cwd: project,
    env,
    timeout: 120_000,
  })
}

/**
 * Puts the cached native half into the package: the addon as a copy, the big libraries as links where the platform allows.
 * @param {string} from @param {string} to
 */
function link(from, to) {
  for (const part of ['lib', path.join('deps', 'lib')]) {
    rmSync(path.join(to, part), { recursive: true, force: true })
    const names = readdirSync(path.join(from, part), { recursive: true, withFileTypes: true })
    for (const entry of names) {
      if (entry.isDirectory()) continue
      const source = path.join(entry.parentPath ?? entry.path, entry.name)
      const target = path.join(to, path.relative(from, source))
      mkdirSync(path.dirname(target), { recursive: true })
      if (part === 'lib') copyFileSync(source, target)
      else linkFile(realpathSync(source), target)
    }
  }
}

/** @param {string} source @param {string} target */
function linkFile(source, target) {
  for (const way of [symlinkSync, linkSync, copyFileSync]) {
    try {
      return way(source, target)
    } catch (error) {
      // Windows allows symbolic links to few people, and hard links do not cross drives.
      if (way === copyFileSync) throw error
    }
  }
}

if (isMain(import.meta.url)) {
  const progress = createProgress()
  await progress
    .step('TensorFlow', (report) => ensureTensorflow(report))
    .catch((error) => {
      progress.say(describe(error))
      process.exitCode = 1
    })
  progress.done()
}

/**
 * Makes tfjs-node work, and proves it by a training step. `node setup/tensorflow/tensorflow.mjs` does this for the
 * clone.
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
import { createProgress, describeError } from '../lib/progress.mjs'
import { run } from '../lib/childProcess.mjs'

/** Time limit of the training step that proves tfjs-node, in milliseconds. */
const PROOF_TIMEOUT_MS = 120_000

/**
 * Makes the `@tensorflow/tfjs-node` that a project uses work with the Node that runs this.
 * @param {(detail: string) => void} [report]
 * @param {string} [project] a folder of the project; default: this clone
 * @returns {Promise<void>}
 * @throws {Error} saying what failed and what to do; everything that does not need TensorFlow still works
 */
export async function ensureTensorflow(report, project = ROOT) {
  const folder = findTfjsNode(project)
  if (!folder) {
    throw new Error(
      '@tensorflow/tfjs-node is not installed. npm install --ignore-scripts brings it back; start again after that.',
    )
  }
  const stamp = path.join(folder, '.saturation-proof')
  const installed = describeInstalled(folder)
  if (installed && existsSync(stamp) && readFileSync(stamp, 'utf8') === installed) return report?.('already proven')
  // The package's own installation may have worked; then nothing needs to be provided.
  if (
    !installed ||
    !(await prove(project, report).then(
      () => true,
      () => false,
    ))
  ) {
    linkAddon(await provideAddon(folder, report), folder)
    await prove(project, report)
  }
  writeFileSync(stamp, describeInstalled(folder) ?? '')
}

/**
 * Finds the tfjs-node that scripts in a folder load.
 * @param {string} project
 * @returns {string | undefined} the package's folder
 */
export function findTfjsNode(project) {
  try {
    // Resolving package.json does not load the native library, which may be missing.
    return path.dirname(createRequire(path.join(project, 'noop.js')).resolve('@tensorflow/tfjs-node/package.json'))
  } catch {
    return undefined
  }
}

/**
 * Describes what a proof is valid for: the version of Node, the addon and the libraries.
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

/**
 * Runs one training step with the project's tfjs-node.
 * @param {string} project
 * @param {((detail: string) => void)} [report]
 */
async function prove(project, report) {
  report?.('one training step')
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' }
  await run(process.execPath, [path.join(ROOT, 'setup', 'tensorflow', 'proof.mjs')], {
    cwd: project,
    env,
    timeout: PROOF_TIMEOUT_MS,
  })
}

/**
 * Puts the cached native part into the package. The addon is copied; the large libraries are linked where the platform
 * allows it.
 * @param {string} from @param {string} to
 */
function linkAddon(from, to) {
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

/** Creates a symbolic link, else a hard link, else a copy. @param {string} source @param {string} target */
function linkFile(source, target) {
  for (const create of [symlinkSync, linkSync, copyFileSync]) {
    try {
      return create(source, target)
    } catch (error) {
      // On Windows most users may not create symbolic links, and hard links do not work across drives.
      if (create === copyFileSync) throw error
    }
  }
}

if (isMain(import.meta.url)) {
  const progress = createProgress()
  await progress
    .step('TensorFlow', (report) => ensureTensorflow(report))
    .catch((error) => {
      progress.say(describeError(error))
      process.exitCode = 1
    })
  progress.done()
}

/**
 * Checks whether the project in a folder can train: reports which TensorFlow.js its scripts find, and repairs tfjs-node
 * if needed.
 *
 *     node check.mjs FOLDER
 *
 * This file ships with the extension, which runs it with the user's own Node. Every module that it imports must be
 * listed in .vscodeignore.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createProgress, describeError } from '../lib/progress.mjs'
import { npm } from '../lib/childProcess.mjs'
import { ensureTensorflow, findTfjsNode } from './tensorflow.mjs'

const project = path.resolve(process.argv[2] ?? '.')
const progress = createProgress()

await check().catch((error) => {
  progress.say(`\n${describeError(error)}`)
  process.exitCode = 1
})
progress.done()

async function check() {
  progress.say(`Set-up of ${project}`)
  progress.say(`  ✓ Node ${process.versions.node}`)
  if (Number(process.versions.node.split('.')[0]) < 18)
    throw new Error('At least Node 18 is needed to watch a training.')
  if (!findTfjsNode(project) && dependsOn('@tensorflow/tfjs-node')) {
    // tfjs-node's install script fails where its download is blocked, and then npm would install no package at all.
    await progress.step('npm packages', (report) =>
      npm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: project,
        onLine: (line) => report(line.slice(0, 60)),
      }),
    )
  }
  if (findTfjsNode(project)) {
    await progress.step(`TensorFlow.js ${versionOf('@tensorflow/tfjs-node')} with its native library`, (report) =>
      ensureTensorflow(report, project),
    )
    return progress.say('  ✓ One training step on the backend tensorflow\n\nEverything is there.')
  }
  if (versionOf('@tensorflow/tfjs-backend-wasm')) {
    return progress.say(
      `  ✓ TensorFlow.js ${versionOf('@tensorflow/tfjs')} with the backend wasm\n\n@tensorflow/tfjs-node is faster: npm install --ignore-scripts @tensorflow/tfjs-node, then check again.`,
    )
  }
  if (versionOf('@tensorflow/tfjs')) {
    return progress.say(
      `  ! TensorFlow.js ${versionOf('@tensorflow/tfjs')} with nothing but the JavaScript backend, much slower than @tensorflow/tfjs-node.\n\nnpm install --ignore-scripts @tensorflow/tfjs-node, then check again: this repairs its native library where its own download fails.`,
    )
  }
  throw new Error(
    'TensorFlow.js is not installed here. npm install --ignore-scripts @tensorflow/tfjs-node, then check again.',
  )
}

/** Tells whether the project's package.json names this package as a dependency. @param {string} name */
function dependsOn(name) {
  const file = path.join(project, 'package.json')
  if (!existsSync(file)) return false
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  return name in { ...dependencies, ...devDependencies, ...optionalDependencies }
}

/**
 * Returns the version of a package that scripts in the project load.
 * @param {string} name
 * @returns {string | undefined}
 */
function versionOf(name) {
  try {
    return createRequire(path.join(project, 'noop.js'))(`${name}/package.json`).version
  } catch {
    return undefined
  }
}

/**
 * Looks at the project in a folder as a training run would find it, says what is there, and repairs what is not:
 *
 *     node check.mjs FOLDER
 *
 * Ships with the extension, which runs it with the user's own node.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createProgress, describe } from '../lib/progress.mjs'
import { npm } from '../lib/childProcess.mjs'
import { ensureTensorflow, findTfjsNode } from './tensorflow.mjs'

const project = path.resolve(process.argv[2] ?? '.')
const progress = createProgress()

await check().catch((error) => {
  progress.say(`\n${describe(error)}`)
  process.exitCode = 1
})
progress.done()

async function check() {
  progress.say(`Set-up of ${project}`)
  progress.say(`  ✓ Node ${process.versions.node}`)
  if (Number(process.versions.node.split('.')[0]) < 18)
    throw new Error('At least Node 18 is needed to watch a training.')
  if (!findTfjsNode(project) && wants('@tensorflow/tfjs-node')) {
    // Its install script fails where its download is out of reach, and npm would then install nothing at all.
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

/** Does the project ask for this package? @param {string} name */
function wants(name) {
  const file = path.join(project, 'package.json')
  if (!existsSync(file)) return false
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  return name in { ...dependencies, ...devDependencies, ...optionalDependencies }
}

/** Version of a package as scripts in the project find it. @param {string} name @returns {string | undefined} */
function versionOf(name) {
  try {
    return createRequire(path.join(project, 'noop.js'))(`${name}/package.json`).version
  } catch {
    return undefined
  }
}

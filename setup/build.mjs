/**
 * Builds and packages the extension. A step is skipped when its inputs have not changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listFiles } from './lib/manifest.mjs'
import { ROOT } from './lib/paths.mjs'
import { npm } from './lib/childProcess.mjs'

/** Files and folders that the build reads, relative to the clone. */
const BUILD_INPUTS = [
  'src',
  'webview',
  'media',
  'esbuild.mjs',
  'setup/assemblyscript.mjs',
  'setup/licences',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]
/** Files and folders that go into the package or decide what does, relative to the clone. */
const PACKAGE_INPUTS = [
  ...BUILD_INPUTS,
  'setup',
  'examples',
  'package.nls.json',
  'l10n',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
]

/** Path of the packaged extension, relative to the clone. */
const VSIX = path.join('dist', 'saturation-inspector.vsix')

/**
 * Builds the extension (`npm run build`) if its sources changed.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<void>}
 * @throws {import('./lib/childProcess.mjs').CommandError} when the build fails
 */
export async function ensureBuild(report) {
  const { main, bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  await runScriptIfChanged('build', BUILD_INPUTS, [main, ...Object.values(bin ?? {})], report)
}

/**
 * Packages the extension (`npm run package`) if anything that goes into the package changed.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the package's path
 * @throws {import('./lib/childProcess.mjs').CommandError} when packaging fails
 */
export async function ensurePackage(report) {
  await runScriptIfChanged('package', PACKAGE_INPUTS, [VSIX], report)
  return path.join(ROOT, VSIX)
}

/**
 * Runs an npm script unless its outputs exist and its inputs are the same as at its last run. A stamp file holds the
 * fingerprint of the inputs.
 * @param {string} script name of a script in package.json, also part of the stamp's name
 * @param {string[]} inputs files and folders that the script reads
 * @param {string[]} outputs files that the script writes
 * @param {(detail: string) => void} [report]
 */
async function runScriptIfChanged(script, inputs, outputs, report) {
  // The stamp is not in dist: that folder is packaged, and a build may empty it.
  const stamp = path.join(ROOT, 'node_modules', `.saturation-${script}`)
  const currentInputs = await fingerprint(inputs)
  const hasOutputs = () => outputs.every((name) => existsSync(path.join(ROOT, name)))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === currentInputs && hasOutputs()) return report?.('unchanged')
  await npm(['run', '--silent', script], { cwd: ROOT })
  if (!hasOutputs())
    throw new Error(`npm run ${script} ended without ${outputs.find((name) => !existsSync(path.join(ROOT, name)))}.`)
  writeFileSync(stamp, currentInputs)
}

/**
 * Hashes the names and contents of files, including those in folders. Missing ones are skipped.
 * @param {string[]} names
 */
async function fingerprint(names) {
  const hash = createHash('sha256')
  for (const name of names) {
    const absolute = path.join(ROOT, name)
    if (!existsSync(absolute)) continue
    const isFolder = statSync(absolute).isDirectory()
    const files = isFolder ? (await listFiles(absolute)).map((file) => path.join(name, file)) : [name]
    for (const file of files)
      hash
        .update(`${file}\0`)
        .update(readFileSync(path.join(ROOT, file)))
        .update('\0')
  }
  return hash.digest('hex')
}

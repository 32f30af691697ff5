/**
 * Building and packaging, left out when nothing that goes into them has changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listFiles } from './lib/manifest.mjs'
import { ROOT } from './lib/paths.mjs'
import { npm } from './lib/childProcess.mjs'

const SOURCES = [
  'src',
  'webview',
  'media',
  'esbuild.mjs',
  'setup/lib/assemblyscript.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]
const PACKAGED = [
  ...SOURCES,
  'setup',
  'examples',
  'package.nls.json',
  'l10n',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  '.vscodeignore',
]

/** The packaged extension, relative to the clone. */
const VSIX = path.join('dist', 'saturation-inspector.vsix')

/**
 * Builds the extension (`npm run build`) if its sources changed.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<void>}
 * @throws {import('./lib/childProcess.mjs').CommandError} when the build fails
 */
export async function ensureBuild(report) {
  const { main, bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  await unlessUnchanged('build', SOURCES, [main, ...Object.values(bin ?? {})], report)
}

/**
 * Packages the extension (`npm run package`) if anything that goes into the package changed.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the package's path
 * @throws {import('./lib/childProcess.mjs').CommandError} when packaging fails
 */
export async function ensurePackage(report) {
  await unlessUnchanged('package', PACKAGED, [VSIX], report)
  return path.join(ROOT, VSIX)
}

/**
 * @param {string} script a script of package.json, also the name of the stamp
 * @param {string[]} inputs files and folders
 * @param {string[]} outputs files that the script makes
 * @param {(detail: string) => void} [report]
 */
async function unlessUnchanged(script, inputs, outputs, report) {
  // Not in dist: that folder is packaged, and a build may empty it.
  const stamp = path.join(ROOT, 'node_modules', `.saturation-${script}`)
  const wanted = await fingerprint(inputs)
  const isMade = () => outputs.every((name) => existsSync(path.join(ROOT, name)))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && isMade()) return report?.('unchanged')
  await npm(['run', '--silent', script], { cwd: ROOT })
  if (!isMade())
    throw new Error(`npm run ${script} ended without ${outputs.find((name) => !existsSync(path.join(ROOT, name)))}.`)
  writeFileSync(stamp, wanted)
}

/** Hash of the names and contents of files. @param {string[]} names */
async function fingerprint(names) {
  const hash = createHash('sha256')
  for (const name of names) {
    const place = path.join(ROOT, name)
    if (!existsSync(place)) continue
    const files = statSync(place).isDirectory() ? (await listFiles(place)).map((file) => path.join(name, file)) : [name]
    for (const file of files)
      hash
        .update(`${file}\0`)
        .update(readFileSync(path.join(ROOT, file)))
        .update('\0')
  }
  return hash.digest('hex')
}

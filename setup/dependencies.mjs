/**
 * The npm packages of this clone, as the lock file names them.
 *
 * Install scripts are not run: nothing we use needs one except tfjs-node, and that one's failure (its download is out of reach on
 * many machines) must never make the installation fail. `tensorflow.mjs` provides what it would have fetched.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createProgress, describe } from './lib/progress.mjs'
import { isMain, ROOT } from './lib/paths.mjs'
import { npm } from './lib/childProcess.mjs'

/**
 * Installs the packages when they are missing or the lock file changed since.
 * @param {(detail: string) => void} [report]
 * @param {string} [root]
 * @returns {Promise<boolean>} true if something was installed
 * @throws {import('./lib/childProcess.mjs').CommandError} when npm fails
 */
export async function ensureDependencies(report, root = ROOT) {
  const lockFile = path.join(root, 'package-lock.json')
  const stamp = path.join(root, 'node_modules', '.saturation-lock')
  if (!existsSync(lockFile)) throw new Error('package-lock.json is missing: this is not a whole clone.')
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    report?.('up to date')
    return false
  }
  const fits = !existsSync(stamp) && isInstalled(root, lockFile)
  if (!fits) {
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      onLine: (line) => report?.(line.slice(0, 60)),
    })
    report?.('npm ci')
  } else report?.('already installed')
  writeFileSync(stamp, wanted)
  return !fits
}

/**
 * Has a person installed the same versions by hand? Then their folder is left alone. npm notes what it installed in a hidden lock file.
 * @param {string} root @param {string} lockFile
 */
function isInstalled(root, lockFile) {
  const hidden = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages
  return Object.entries(wanted).every(
    ([where, entry]) =>
      !where.startsWith('node_modules/') || // the clone itself and workspaces
      (found[where]?.version ?? found[where]?.link) === (entry.version ?? entry.link) ||
      // Optional ones are left out on other platforms; tfjs-node, removed by its failed install script, is wanted all the same.
      (entry.optional && (entry.os || entry.cpu || entry.libc) && !found[where]),
  )
}

if (isMain(import.meta.url)) {
  const progress = createProgress()
  await progress
    .step('npm packages', (report) => ensureDependencies(report))
    .catch((error) => {
      progress.say(describe(error))
      process.exitCode = 1
    })
  progress.done()
}

/**
 * Installs the npm packages of this clone, in the versions of the lock file.
 *
 * Install scripts are not run. Of all our packages only tfjs-node needs one, and its script fails on many machines
 * because its download is blocked. That must never make the whole installation fail. `tensorflow/tensorflow.mjs`
 * provides what the script would have fetched.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createProgress, describeError } from './lib/progress.mjs'
import { isMain, ROOT } from './lib/paths.mjs'
import { npm } from './lib/childProcess.mjs'

/**
 * Installs the packages if they are missing or the lock file has changed since the last installation.
 * @param {(detail: string) => void} [report]
 * @param {string} [root]
 * @returns {Promise<boolean>} true if something was installed
 * @throws {import('./lib/childProcess.mjs').CommandError} when npm fails
 */
export async function ensureDependencies(report, root = ROOT) {
  const lockFile = path.join(root, 'package-lock.json')
  const stamp = path.join(root, 'node_modules', '.saturation-lock')
  if (!existsSync(lockFile)) throw new Error('package-lock.json is missing: this is not a whole clone.')
  const lockFileHash = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockFileHash) {
    report?.('up to date')
    return false
  }
  const isInstalledByHand = !existsSync(stamp) && hasLockedVersions(root, lockFile)
  if (!isInstalledByHand) {
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      onLine: (line) => report?.(line.slice(0, 60)),
    })
    report?.('npm ci')
  } else report?.('already installed')
  writeFileSync(stamp, lockFileHash)
  return !isInstalledByHand
}

/**
 * Tells whether the packages of the lock file are installed already, for example because the user ran npm. npm records
 * what it installed in a hidden lock file.
 * @param {string} root @param {string} lockFile
 */
function hasLockedVersions(root, lockFile) {
  const installedLockFile = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedLockFile)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  const found = JSON.parse(readFileSync(installedLockFile, 'utf8')).packages
  return Object.entries(wanted).every(
    ([where, entry]) =>
      !where.startsWith('node_modules/') || // the clone itself or a workspace
      (found[where]?.version ?? found[where]?.link) === (entry.version ?? entry.link) ||
      // An optional package may be missing if it is for another platform. tfjs-node is optional too, but for every
      // platform: npm removes it when its install script fails, and then we must install it again.
      (entry.optional && (entry.os || entry.cpu || entry.libc) && !found[where]),
  )
}

if (isMain(import.meta.url)) {
  const progress = createProgress()
  await progress
    .step('npm packages', (report) => ensureDependencies(report))
    .catch((error) => {
      progress.say(describeError(error))
      process.exitCode = 1
    })
  progress.done()
}

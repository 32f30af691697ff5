/**
 * Getting one wheel through pip without installing it, whatever index this machine's pip uses, and checking its pinned checksum.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { downloadsFolder } from '../lib/cache.mjs'
import { hashFile } from '../lib/manifest.mjs'
import { ROOT } from '../lib/paths.mjs'
import { megabytes } from '../lib/progress.mjs'
import { runPython } from './python.mjs'

const SCRIPT = path.join(ROOT, 'setup', 'tensorflow', 'wheel.py')
// No byte for this long means a dead connection. The whole may take as long as it takes.
const SILENCE_S = 120

/**
 * @typedef {object} Wheel
 * @property {string} requirement name and exact version
 * @property {string[]} platforms pip's names of the platforms that the wheel is for
 * @property {string} python the Python version that the wheel is for (it is only unpacked: the installed one does not matter)
 * @property {string} sha256
 */

/**
 * Downloads the wheel, continuing where an earlier attempt stopped.
 * @param {import('./python.mjs').Python} python
 * @param {Wheel} wheel
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the wheel's path in the cache's downloads; the caller removes it when it is not needed any more
 * @throws {Error} when pip cannot get it or its checksum differs from the pinned one
 */
export async function fetchWheel(python, wheel, report) {
  const folder = await downloadsFolder()
  const whole = path.join(folder, `${wheel.sha256}.whl`)
  if (existsSync(whole)) {
    report?.('checking the download')
    if ((await hashFile(whole)) === wheel.sha256) return whole
    rmSync(whole)
  }
  const part = `${whole}.part`
  if (!(await fetchByRange(python, wheel, part, report))) await fetchByPip(python, wheel, folder, part, report)
  report?.('checking the download')
  const found = await hashFile(part)
  if (found !== wheel.sha256) {
    rmSync(part)
    throw new Error(
      `The download of ${wheel.requirement} has SHA-256 ${found} and not the expected ${wheel.sha256}; it was thrown away.`,
    )
  }
  renameSync(part, whole)
  return whole
}

/**
 * pip tells the address without downloading (since 22.2), and we continue the file ourselves: pip could only begin again.
 * @param {import('./python.mjs').Python} python @param {Wheel} wheel @param {string} part @param {((detail: string) => void)} [report]
 * @returns {Promise<boolean>} false if that is not possible here
 */
async function fetchByRange(python, wheel, part, report) {
  try {
    report?.('asking pip')
    const ask = [
      '-m',
      'pip',
      'install',
      '--dry-run',
      '--quiet',
      '--report',
      '-',
      '--ignore-installed',
      '--target',
      `${part}.unused`,
    ]
    const { install } = JSON.parse(await runPython(python, [...ask, ...selection(wheel)], { timeout: 300_000 }))
    const address = install[0].download_info.url
    if (!/^https?:/.test(address)) return false
    await runPython(python, [SCRIPT, 'fetch', address, part], {
      watch: silence(),
      onLine: (line) => report?.(amount(line)),
    })
    return true
  } catch {
    return false // an older pip, an index that wants a password, …: pip itself will say what is wrong
  }
}

/**
 * @param {import('./python.mjs').Python} python @param {Wheel} wheel @param {string} folder @param {string} part
 * @param {((detail: string) => void)} [report]
 */
async function fetchByPip(python, wheel, folder, part, report) {
  report?.('pip download')
  const target = path.join(folder, `${wheel.sha256}.pip`)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target)
  await runPython(python, ['-m', 'pip', 'download', '--progress-bar', 'off', '--dest', target, ...selection(wheel)])
  const file = readdirSync(target).find((name) => name.endsWith('.whl'))
  if (!file) throw new Error(`pip reported success but there is no wheel of ${wheel.requirement}.`)
  renameSync(path.join(target, file), part)
  rmSync(target, { recursive: true })
}

/** @param {Wheel} wheel */
function selection({ requirement, platforms, python }) {
  const platform = platforms.flatMap((name) => ['--platform', name])
  const abi = `cp${python.replace('.', '')}`
  return [
    '--no-deps',
    '--only-binary=:all:',
    '--python-version',
    python,
    '--implementation',
    'cp',
    '--abi',
    abi,
    ...platform,
    requirement,
  ]
}

/**
 * Unpacks members of a wheel.
 * @param {import('./python.mjs').Python} python
 * @param {string} wheel
 * @param {string} folder
 * @param {string[]} prefixes what the wanted members' names begin with
 * @param {(detail: string) => void} [report]
 * @throws {import('../lib/childProcess.mjs').CommandError}
 */
export async function extractWheel(python, wheel, folder, prefixes, report) {
  await runPython(python, [SCRIPT, 'extract', wheel, folder, ...prefixes], {
    onLine: (line) => report?.(`unpacking ${amount(line)}`),
  })
}

/** @param {string} line "DONE TOTAL" */
function amount(line) {
  const [done, total] = line.split(' ').map(Number)
  return done && total ? `${megabytes(done)} of ${megabytes(total)}` : line
}

/** Ends a program that has printed nothing for a while. */
function silence() {
  let bytes = 0
  let since = 0
  return (/** @type {number} */ seconds, /** @type {number} */ printed) => {
    if (printed !== bytes) ((bytes = printed), (since = seconds))
    return seconds - since > SILENCE_S ? `nothing came for ${SILENCE_S} s` : undefined
  }
}

/**
 * Downloads a wheel from the index that this machine's pip uses, without installing it, checks its pinned checksum, and
 * unpacks it.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { downloadsFolder } from '../lib/cache.mjs'
import { hashFile } from '../lib/manifest.mjs'
import { ROOT } from '../lib/paths.mjs'
import { megabytes } from '../lib/progress.mjs'
import { runPython } from './python.mjs'

/** The Python script that downloads and unpacks. */
const WHEEL_SCRIPT = path.join(ROOT, 'setup', 'tensorflow', 'wheel.py')

/** Time without any received data after which a download is given up, in seconds. The whole download has no limit. */
const SILENT_AFTER_S = 120

/** Time limit for asking pip for the wheel's address, in milliseconds. */
const ADDRESS_TIMEOUT_MS = 300_000

/**
 * @typedef {object} Wheel
 * @property {string} requirement name and exact version
 * @property {string[]} platforms the wheel's platforms, in pip's names
 * @property {string} python the wheel's Python version
 * @property {string} sha256
 */

/**
 * Downloads the wheel. Continues where an earlier attempt stopped.
 * @param {import('./python.mjs').Python} python
 * @param {Wheel} wheel
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the wheel's path in the cache's downloads folder; the caller removes the file after use
 * @throws {Error} when pip cannot download it or its checksum differs from the pinned one
 */
export async function fetchWheel(python, wheel, report) {
  const folder = await downloadsFolder()
  const completeFile = path.join(folder, `${wheel.sha256}.whl`)
  if (existsSync(completeFile)) {
    report?.('checking the download')
    if ((await hashFile(completeFile)) === wheel.sha256) return completeFile
    rmSync(completeFile)
  }
  const partialFile = `${completeFile}.part`
  if (!(await fetchByRange(python, wheel, partialFile, report)))
    await fetchByPip(python, wheel, folder, partialFile, report)
  report?.('checking the download')
  const found = await hashFile(partialFile)
  if (found !== wheel.sha256) {
    rmSync(partialFile)
    throw new Error(
      `The download of ${wheel.requirement} has SHA-256 ${found} and not the expected ${wheel.sha256}; it was thrown away.`,
    )
  }
  renameSync(partialFile, completeFile)
  return completeFile
}

/**
 * Asks pip for the wheel's address (possible since pip 22.2) and downloads the file with HTTP range requests. pip
 * itself cannot continue an interrupted download.
 * @param {import('./python.mjs').Python} python @param {Wheel} wheel @param {string} partialFile
 * @param {((detail: string) => void)} [report]
 * @returns {Promise<boolean>} false if that is not possible here
 */
async function fetchByRange(python, wheel, partialFile, report) {
  try {
    report?.('asking pip')
    const reportArguments = [
      '-m',
      'pip',
      'install',
      '--dry-run',
      '--quiet',
      '--report',
      '-',
      '--ignore-installed',
      '--target',
      `${partialFile}.unused`,
    ]
    const pipReport = await runPython(python, [...reportArguments, ...selectionArguments(wheel)], {
      timeout: ADDRESS_TIMEOUT_MS,
    })
    const { install } = JSON.parse(pipReport)
    const address = install[0].download_info.url
    if (!/^https?:/.test(address)) return false
    await runPython(python, [WHEEL_SCRIPT, 'fetch', address, partialFile], {
      watch: watchForSilence(),
      onLine: (line) => report?.(describeAmount(line)),
    })
    return true
  } catch {
    // For example an older pip, or an index with a password. The download by pip that follows reports what is wrong.
    return false
  }
}

/**
 * Downloads the wheel by pip.
 * @param {import('./python.mjs').Python} python @param {Wheel} wheel @param {string} folder @param {string} partialFile
 * @param {((detail: string) => void)} [report]
 */
async function fetchByPip(python, wheel, folder, partialFile, report) {
  report?.('pip download')
  const target = path.join(folder, `${wheel.sha256}.pip`)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target)
  await runPython(python, [
    '-m',
    'pip',
    'download',
    '--progress-bar',
    'off',
    '--dest',
    target,
    ...selectionArguments(wheel),
  ])
  const file = readdirSync(target).find((name) => name.endsWith('.whl'))
  if (!file) throw new Error(`pip reported success but there is no wheel of ${wheel.requirement}.`)
  renameSync(path.join(target, file), partialFile)
  rmSync(target, { recursive: true })
}

/** Returns pip's arguments that select exactly this wheel. @param {Wheel} wheel */
function selectionArguments({ requirement, platforms, python }) {
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
 * Unpacks some members of a wheel.
 * @param {import('./python.mjs').Python} python
 * @param {string} wheel
 * @param {string} folder
 * @param {string[]} prefixes members whose names begin with one of these are unpacked
 * @param {(detail: string) => void} [report]
 * @throws {import('../lib/childProcess.mjs').CommandError}
 */
export async function extractWheel(python, wheel, folder, prefixes, report) {
  await runPython(python, [WHEEL_SCRIPT, 'extract', wheel, folder, ...prefixes], {
    onLine: (line) => report?.(`unpacking ${describeAmount(line)}`),
  })
}

/** Formats a progress line of the Python script. @param {string} line `DONE TOTAL` in bytes */
function describeAmount(line) {
  const [done, total] = line.split(' ').map(Number)
  return done && total ? `${megabytes(done)} of ${megabytes(total)}` : line
}

/** Creates a `watch` function that kills a program when it prints nothing for `SILENT_AFTER_S`. */
function watchForSilence() {
  let lastPrinted = 0
  let lastOutputAt = 0
  return (/** @type {number} */ seconds, /** @type {number} */ printed) => {
    if (printed !== lastPrinted) ((lastPrinted = printed), (lastOutputAt = seconds))
    return seconds - lastOutputAt > SILENT_AFTER_S ? `nothing came for ${SILENT_AFTER_S} s` : undefined
  }
}

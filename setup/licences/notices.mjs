/** The notices of what is bundled: which packages, under which licences, and the text of each licence. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { FOR_BUNDLED, isAllowed, packageName } from './allowed.mjs'

const HEAD = `Saturation Inspector contains code of the following packages, under the licences below each name.\n`
const LINE = `\n${'-'.repeat(100)}\n\n`

/**
 * Folders of the packages of which some code is in the bundles, as a lock file names them, sorted.
 * @param {import('esbuild').Metafile[]} metafiles what esbuild says of the bundles
 */
export function bundledPackages(metafiles) {
  const files = metafiles.flatMap(({ outputs }) => {
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
    return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file)
  })
  const folders = files.flatMap((file) => {
    // The compiler puts its own library into the modules.
    if (file.startsWith('assemblyscript:')) return ['node_modules/assemblyscript']
    return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []
  })
  return [...new Set(folders)].sort((a, b) => (packageName(a) < packageName(b) ? -1 : 1))
}

/**
 * The text of the notices.
 * @param {readonly string[]} folders of `bundledPackages`
 * @param {import('./allowed.mjs').Lock} lock where versions and licences stand
 * @param {string} root the folder that has node_modules
 * @throws {Error} with a sentence for each package that may not be bundled, or has no text of its licence
 */
export function notices(folders, lock, root) {
  /** @type {string[]} */
  const problems = []
  const entries = folders.map((folder) => {
    const name = packageName(folder)
    const { version, license } = lock.packages[folder] ?? {}
    if (!version) problems.push(`${name} is bundled from ${folder}, which the lock file does not have: npm ci.`)
    else if (!isAllowed(license, FOR_BUNDLED))
      problems.push(`${name} has the licence ${license ?? 'of no name'} and may not be bundled.`)
    const texts = licenceTexts(path.join(root, folder))
    if (texts.length === 0) problems.push(`${name} is bundled, and its package has no text of its licence.`)
    return [`${name} ${version} (${license})`, ...texts].join('\n\n') + '\n'
  })
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return [HEAD, ...entries].join(LINE)
}

/** @param {string} folder */
function licenceTexts(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(name))
  return names.sort().map((name) => readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
}

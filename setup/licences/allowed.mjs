/** Which licences packages may have. Names are those of SPDX: https://spdx.org/licenses */

/** Licences of packages that are part of the extension: they ask for no more than their text in its notices. */
export const FOR_BUNDLED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
]

/** Licences of packages that only build or test it. */
export const FOR_TOOLS = [...FOR_BUNDLED, 'MPL-2.0', 'Python-2.0', 'Artistic-2.0', 'CC-BY-3.0', 'WTFPL']

/** Tools under terms of their own, which allow to use them, and what the lock file says of their licence. */
const OWN_TERMS = [{ name: /^@vscode\/vsce-sign/, licence: 'SEE LICENSE IN LICENSE.txt' }]

/**
 * Whether a licence is allowed: an expression of SPDX with OR and AND, which binds tighter. Anything else is not.
 * @param {string | undefined} expression
 * @param {readonly string[]} allowed
 */
export function isAllowed(expression, allowed) {
  if (expression === undefined) return false
  // Parentheses are only met around the whole expression.
  const alternatives = expression.replace(/^\(([^()]*)\)$/, '$1').split(' OR ')
  return alternatives.some((all) => all.split(' AND ').every((one) => allowed.includes(one)))
}

/**
 * Finds the packages of a lock file whose licence is not allowed for tools. Those that are bundled as well are checked
 * when they are: `notices.mjs`.
 * @param {Lock} lock
 * @returns {string[]} a sentence for each
 */
export function forbiddenPackages(lock) {
  return Object.entries(lock.packages).flatMap(([folder, { license }]) => {
    const name = packageName(folder)
    const hasOwnTerms = OWN_TERMS.some((own) => own.name.test(name) && own.licence === license)
    if (folder === '' || hasOwnTerms || isAllowed(license, FOR_TOOLS)) return []
    return [`${name} has the licence ${license ?? 'of no name'}, which is not allowed.`]
  })
}

/** Name of the package in a folder: `node_modules/a/node_modules/@b/c` has `@b/c`. @param {string} folder */
export function packageName(folder) {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** @typedef {{ packages: Record<string, { version?: string, license?: string }> }} Lock a package-lock.json of version 3 */

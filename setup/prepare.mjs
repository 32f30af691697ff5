/**
 * The whole set-up in its order: what depends on nothing runs beside the rest.
 */
import { ensureBrowser } from './workbench/browser.mjs'
import { ensureBuild, ensurePackage } from './build.mjs'
import { provideCodeServer } from './workbench/codeServer.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { describe } from './lib/progress.mjs'
import { ensureTensorflow } from './tensorflow/tensorflow.mjs'

/**
 * @typedef {object} Prepared
 * @property {string | undefined} vsix the packaged extension, if it was wanted
 * @property {string | undefined} browser a Chromium, if it was wanted and there is one
 * @property {string[]} missing what could not be provided, of TensorFlow, the workbench and the browser; each has been explained
 */

/**
 * Does the set-up.
 * @param {import('./lib/progress.mjs').Progress} progress
 * @param {{ workbench: boolean, browser: boolean }} wanted the browser workbench (and the package for it), Chromium for tests
 * @returns {Promise<Prepared>}
 * @throws {Error} when Node is too old, or the npm packages or the build fail: nothing works without them
 */
export async function prepare(progress, wanted) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Error(`Node 20 or newer is needed; this is ${process.version}.`)
  /** @type {string[]} */
  const missing = []
  /**
   * A step that the rest can do without.
   * @template T
   * @param {string} title @param {(report: (detail: string) => void) => Promise<T>} work @param {string} consequence
   * @returns {Promise<T | undefined>}
   */
  const optional = (title, work, consequence) =>
    progress.step(title, work).catch((error) => {
      missing.push(title)
      progress.say(`\n${describe(error)}\n\n${consequence}\n`)
      return undefined
    })
  const server =
    wanted.workbench &&
    optional('VS Code for the browser', provideCodeServer, 'The set-up goes on without the browser workbench.')
  const browser =
    wanted.browser && optional('Chromium', ensureBrowser, 'The end-to-end tests cannot run without a browser.')
  try {
    await progress.step('npm packages', ensureDependencies)
    const library = optional(
      'TensorFlow',
      ensureTensorflow,
      'The set-up goes on: recorded runs can be opened, but nothing can be trained with tfjs-node here. See docs/setup.md.',
    )
    await progress.step('build', ensureBuild)
    const vsix = wanted.workbench ? await progress.step('package', ensurePackage) : undefined
    await library
    return { vsix, browser: (await browser) || undefined, missing }
  } finally {
    // Never return, not even with an error, while something is still installing.
    await Promise.allSettled([server, browser])
  }
}

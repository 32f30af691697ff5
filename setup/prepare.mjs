/**
 * Runs all steps of the set-up in their order. Independent steps run at the same time.
 */
import { ensureBrowser } from './workbench/browser.mjs'
import { ensureBuild, ensurePackage } from './build.mjs'
import { provideCodeServer } from './workbench/codeServer.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { describeError } from './lib/progress.mjs'
import { ensureTensorflow } from './tensorflow/tensorflow.mjs'

/**
 * @typedef {object} Prepared
 * @property {string | undefined} vsix path of the packaged extension, if requested
 * @property {string | undefined} browser path of a Chromium, if requested and available
 * @property {string[]} missing titles of the optional steps that failed (TensorFlow, workbench, Chromium); each failure
 *   has been reported
 */

/**
 * Runs the set-up.
 * @param {import('./lib/progress.mjs').Progress} progress
 * @param {{ workbench: boolean, browser: boolean }} wanted which optional parts are needed: `workbench`, the browser
 *   workbench with the packaged extension; `browser`, a Chromium for the end-to-end tests
 * @returns {Promise<Prepared>}
 * @throws {Error} when Node is too old, or when the npm packages or the build fail: nothing works without them
 */
export async function prepare(progress, wanted) {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Error(`Node 20 or newer is needed; this is ${process.version}.`)
  /** @type {string[]} */
  const missing = []
  /**
   * Runs a step that the other steps do not need. Its failure is reported and recorded in `missing`.
   * @template T
   * @param {string} title @param {(report: (detail: string) => void) => Promise<T>} work @param {string} consequence
   * @returns {Promise<T | undefined>}
   */
  const optional = (title, work, consequence) =>
    progress.step(title, work).catch((error) => {
      missing.push(title)
      progress.say(`\n${describeError(error)}\n\n${consequence}\n`)
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
    // Wait for both even after an error: nothing may still be installing when this function returns.
    await Promise.allSettled([server, browser])
  }
}

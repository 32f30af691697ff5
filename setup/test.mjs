/**
 * `npm test`: runs the set-up, then the unit and integration tests (Vitest), then the end-to-end tests (Playwright).
 *
 *     npm test                        everything
 *     npm test -- unit covariance     only Vitest, with arguments for it
 *     npm test -- e2e --headed        only Playwright, with arguments for it
 */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { prepare } from './prepare.mjs'
import { createProgress, describeError } from './lib/progress.mjs'
import { killStartedPrograms, run } from './lib/childProcess.mjs'
import { addOutcomes, describeOutcome, readOutcome } from './summary.mjs'

/** Folder of the runners' JSON reports. */
const REPORT_FOLDER = path.join(ROOT, 'artifacts', 'reports')

/** Name and command line of the runner for each kind of test. */
const RUNNERS = {
  unit: {
    name: /** @type {const} */ ('vitest'),
    args: (/** @type {string} */ report) => [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
  },
  e2e: {
    name: /** @type {const} */ ('playwright'),
    args: () => ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
  },
}

const [first, ...rest] = process.argv.slice(2)
const onlyKind = first === 'unit' || first === 'e2e' ? first : undefined
const runnerArguments = onlyKind ? rest : process.argv.slice(2)

// The runners are in our terminal's process group and receive Ctrl+C themselves. Only programs of the set-up have to be
// killed here.
process.on('SIGINT', () => (killStartedPrograms(), process.exit(130)))
process.on('SIGTERM', () => (killStartedPrograms(), process.exit(143)))

const outcome = await main().catch((error) => {
  console.error(`\n${describeError(error)}\n`)
  return { passed: 0, skipped: 0, failures: ['set-up'], flaky: [] }
})
console.log(`\n${describeOutcome(outcome)}`)
process.exitCode = outcome.failures.length > 0 ? 1 : 0

async function main() {
  if (runnerArguments.length > 0 && !onlyKind)
    throw new Error('Say which tests the arguments are for: npm test -- unit … or npm test -- e2e …')
  const progress = createProgress()
  const wantsE2e = onlyKind !== 'unit'
  const { browser, missing } = await prepare(progress, { workbench: wantsE2e, browser: wantsE2e })
  progress.done()
  const env = { ...process.env, ...(browser ? { SATURATION_CHROMIUM: browser } : {}) }
  const outcomes = []
  if (onlyKind !== 'e2e') outcomes.push(await runTests('unit', env))
  if (wantsE2e) {
    // The end-to-end tests start without TensorFlow, but not without the workbench or the browser.
    const missingForE2e = missing.filter((title) => title !== 'TensorFlow')
    // One clear failure says more than dozens of time-outs.
    outcomes.push(
      missingForE2e.length
        ? { ...addOutcomes([]), failures: [`end-to-end tests could not run without ${missingForE2e.join(' and ')}`] }
        : await runTests('e2e', env),
    )
  }
  return addOutcomes(outcomes)
}

/** Runs the tests of one kind. @param {'unit' | 'e2e'} kind @param {NodeJS.ProcessEnv} env */
async function runTests(kind, env) {
  const { name, args } = RUNNERS[kind]
  const report = path.join(REPORT_FOLDER, `${kind}.json`)
  mkdirSync(REPORT_FOLDER, { recursive: true })
  // A report of an earlier run must not be mistaken for a report of this run.
  rmSync(report, { force: true })
  console.log(`\n${kind === 'unit' ? 'Unit and integration tests' : 'End-to-end tests'}\n`)
  const problem = await run(process.execPath, [...args(report), ...runnerArguments], {
    cwd: ROOT,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    stream: true,
  }).then(
    () => undefined,
    (error) => /** @type {Error} */ (error).message.replace(/^.*: /, ''),
  )
  return readOutcome(name, report, problem)
}

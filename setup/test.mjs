/**
 * `npm test`: the same set-up as `npm start`, then unit and integration tests (Vitest), then end-to-end tests (Playwright).
 *
 *     npm test                        everything
 *     npm test -- unit covariance     only Vitest, with arguments for it
 *     npm test -- e2e --headed        only Playwright, with arguments for it
 */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { prepare } from './prepare.mjs'
import { createProgress, describe } from './lib/progress.mjs'
import { endAll, run } from './lib/childProcess.mjs'
import { describeOutcome, readOutcome, total } from './summary.mjs'

const REPORTS = path.join(ROOT, 'artifacts', 'reports')
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
const only = first === 'unit' || first === 'e2e' ? first : undefined
const passOn = only ? rest : process.argv.slice(2)

// The runners share our terminal's process group and get Ctrl+C themselves; we only clean up after the set-up.
process.on('SIGINT', () => (endAll(), process.exit(130)))
process.on('SIGTERM', () => (endAll(), process.exit(143)))

const outcome = await main().catch((error) => {
  console.error(`\n${describe(error)}\n`)
  return { passed: 0, skipped: 0, failures: ['set-up'], flaky: [] }
})
console.log(`\n${describeOutcome(outcome)}`)
process.exitCode = outcome.failures.length > 0 ? 1 : 0

async function main() {
  if (passOn.length > 0 && !only)
    throw new Error('Say which tests the arguments are for: npm test -- unit … or npm test -- e2e …')
  const progress = createProgress()
  const wantsE2e = only !== 'unit'
  const { browser, missing } = await prepare(progress, { workbench: wantsE2e, browser: wantsE2e })
  progress.done()
  const env = { ...process.env, ...(browser ? { SATURATION_CHROMIUM: browser } : {}) }
  const outcomes = []
  if (only !== 'e2e') outcomes.push(await runTests('unit', env))
  if (wantsE2e) {
    const lacking = missing.filter((title) => title !== 'TensorFlow')
    // Dozens of time-outs would say less than one sentence.
    outcomes.push(
      lacking.length
        ? { ...total([]), failures: [`end-to-end tests could not run without ${lacking.join(' and ')}`] }
        : await runTests('e2e', env),
    )
  }
  return total(outcomes)
}

/** @param {'unit' | 'e2e'} kind @param {NodeJS.ProcessEnv} env */
async function runTests(kind, env) {
  const { name, args } = RUNNERS[kind]
  // An older report must not be taken for this run's.
  const report = path.join(REPORTS, `${kind}.json`)
  mkdirSync(REPORTS, { recursive: true })
  rmSync(report, { force: true })
  console.log(`\n${kind === 'unit' ? 'Unit and integration tests' : 'End-to-end tests'}\n`)
  const problem = await run(process.execPath, [...args(report), ...passOn], {
    cwd: ROOT,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    stream: true,
  }).then(
    () => undefined,
    (error) => /** @type {Error} */ (error).message.replace(/^.*: /, ''),
  )
  return readOutcome(name, report, problem)
}

/**
 * What the two test runners say in their JSON reports, added up.
 */
import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{ passed: number, skipped: number, failures: string[], flaky: string[] }} Outcome */

/** @returns {Outcome} */
const nothing = () => ({ passed: 0, skipped: 0, failures: [], flaky: [] })

/**
 * Reads a report and judges the runner that wrote it: whatever makes it end with an error counts as a failure even if no test failed.
 * @param {'vitest' | 'playwright'} runner
 * @param {string} file the report
 * @param {string | undefined} problem why the runner ended with an error, if it did
 * @returns {Outcome}
 */
export function readOutcome(runner, file, problem) {
  const report = readReport(file)
  const outcome = report === undefined ? nothing() : runner === 'vitest' ? ofVitest(report) : ofPlaywright(report)
  if (outcome.failures.length === 0) {
    if (problem !== undefined) outcome.failures.push(`${runner} itself: ${problem}`)
    else if (outcome.passed === 0) outcome.failures.push(`${runner}: no test ran`)
  }
  return outcome
}

/** @param {string} file @returns {any} undefined when there is none or it was cut off */
function readReport(file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  } catch {
    return undefined
  }
}

/** @param {any} report in Jest's format */
function ofVitest(report) {
  const outcome = nothing()
  for (const file of report.testResults ?? []) {
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') outcome.passed++
      else if (status === 'failed') outcome.failures.push(fullName)
      else outcome.skipped++
    }
    // A file that cannot even be loaded has no tests.
    if (file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ t) => t.status === 'failed'))
      outcome.failures.push(file.name)
  }
  return outcome
}

/** @param {any} report */
function ofPlaywright(report) {
  const outcome = nothing()
  /** @param {any} suite @param {string[]} above */
  const visit = (suite, above) => {
    const titles = [...above, suite.title].filter(Boolean)
    for (const inner of suite.suites ?? []) visit(inner, titles)
    for (const spec of suite.specs ?? []) {
      const name = [...titles, spec.title].join(' › ')
      for (const { status } of spec.tests) {
        if (status === 'skipped') outcome.skipped++
        else if (status === 'unexpected') outcome.failures.push(name)
        else outcome.passed++
        if (status === 'flaky') outcome.flaky.push(name)
      }
    }
  }
  for (const suite of report.suites ?? []) visit(suite, [])
  for (const { message = 'error' } of report.errors ?? [])
    outcome.failures.push(`playwright: ${message.split('\n')[0]}`)
  return outcome
}

/**
 * Adds outcomes up.
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function total(outcomes) {
  return outcomes.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...one.failures],
      flaky: [...sum.flaky, ...one.flaky],
    }),
    nothing(),
  )
}

/**
 * The summary that `npm test` ends with.
 * @param {Outcome} outcome
 * @returns {string} its last line is `N passed, N failed`, with `, N skipped` if any were
 */
export function describeOutcome({ passed, skipped, failures, flaky }) {
  const list = (/** @type {string} */ title, /** @type {string[]} */ names) =>
    names.length ? `${title}:\n${names.map((n) => `  ${n}\n`).join('')}` : ''
  return `${list('Failed', failures)}${list('Passed only when repeated', flaky)}${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ''}`
}

/**
 * Reads the JSON reports of the two test runners and adds up their results.
 */
import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{ passed: number, skipped: number, failures: string[], flaky: string[] }} Outcome */

/** @returns {Outcome} */
const emptyOutcome = () => ({ passed: 0, skipped: 0, failures: [], flaky: [] })

/**
 * Reads a runner's report. A runner that ended with an error counts as a failure even if none of its tests failed; so
 * does a runner that ran no test.
 * @param {'vitest' | 'playwright'} runner
 * @param {string} file path of the report
 * @param {string | undefined} problem why the runner ended with an error, if it did
 * @returns {Outcome}
 */
export function readOutcome(runner, file, problem) {
  const report = readReport(file)
  const outcome =
    report === undefined ? emptyOutcome() : runner === 'vitest' ? readVitest(report) : readPlaywright(report)
  if (outcome.failures.length === 0) {
    if (problem !== undefined) outcome.failures.push(`${runner} itself: ${problem}`)
    else if (outcome.passed === 0) outcome.failures.push(`${runner}: no test ran`)
  }
  return outcome
}

/** Parses a report. @param {string} file @returns {any} undefined when the file is missing or incomplete */
function readReport(file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  } catch {
    return undefined
  }
}

/** @param {any} report in Jest's format, which Vitest's JSON reporter uses */
function readVitest(report) {
  const outcome = emptyOutcome()
  for (const file of report.testResults ?? []) {
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') outcome.passed++
      else if (status === 'failed') outcome.failures.push(fullName)
      else outcome.skipped++
    }
    // A test file that failed to load has no tests, and so no failed one; it is counted itself.
    if (file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ t) => t.status === 'failed'))
      outcome.failures.push(file.name)
  }
  return outcome
}

/** @param {any} report */
function readPlaywright(report) {
  const outcome = emptyOutcome()
  /** @param {any} suite @param {string[]} parentTitles */
  const visit = (suite, parentTitles) => {
    const titles = [...parentTitles, suite.title].filter(Boolean)
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
 * Adds up outcomes.
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function addOutcomes(outcomes) {
  return outcomes.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...one.failures],
      flaky: [...sum.flaky, ...one.flaky],
    }),
    emptyOutcome(),
  )
}

/**
 * Formats the summary at the end of `npm test`.
 * @param {Outcome} outcome
 * @returns {string} whose last line is `N passed, N failed`, followed by `, N skipped` if any were skipped
 */
export function describeOutcome({ passed, skipped, failures, flaky }) {
  const list = (/** @type {string} */ title, /** @type {string[]} */ names) =>
    names.length ? `${title}:\n${names.map((n) => `  ${n}\n`).join('')}` : ''
  return `${list('Failed', failures)}${list('Passed only when repeated', flaky)}${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ''}`
}

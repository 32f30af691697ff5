import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { addOutcomes, describeOutcome, readOutcome } from '../../setup/summary.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'setup-summary-'))
afterAll(() => rmSync(folder, { recursive: true }))

function report(content: unknown): string {
  const file = path.join(folder, 'report.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const vitest = (...statuses: string[]) => ({
  testResults: [
    { name: 'a.test.ts', status: 'passed', assertionResults: statuses.map((status) => ({ status, fullName: status })) },
  ],
})

it('adds up the results of both runners, and ends with the machine-readable line', () => {
  const unit = readOutcome('vitest', report(vitest('passed', 'passed', 'skipped')), undefined)
  const spec = (title: string, status: string) => ({ title, tests: [{ status }] })
  const specs = [spec('works', 'expected'), spec('breaks', 'unexpected'), spec('wavers', 'flaky')]
  const e2e = readOutcome('playwright', report({ suites: [{ title: 'panel', specs }] }), 'exit code 1')
  const text = describeOutcome(addOutcomes([unit, e2e]))
  expect(text).toContain('Failed:\n  panel › breaks')
  expect(text).toContain('Passed only when repeated:\n  panel › wavers')
  expect(text.split('\n').at(-1)).toBe('4 passed, 1 failed, 1 skipped')
})

it('counts a runner as a failure if it ended with an error, ran no test, or left no complete report', () => {
  expect(readOutcome('vitest', report(vitest('passed')), 'exit code 1').failures).toEqual([
    'vitest itself: exit code 1',
  ])
  expect(readOutcome('vitest', report(vitest()), undefined).failures).toEqual(['vitest: no test ran'])
  expect(readOutcome('vitest', report('{"testRes'), undefined).failures).toEqual(['vitest: no test ran'])
  expect(readOutcome('playwright', path.join(folder, 'none.json'), undefined).failures).toEqual([
    'playwright: no test ran',
  ])
})

it('counts a test file that could not be loaded as a failure', () => {
  const broken = { testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] }
  expect(readOutcome('vitest', report(broken), 'exit code 1').failures).toEqual(['b.test.ts'])
})

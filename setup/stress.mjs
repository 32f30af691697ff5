/**
 * `npm run stress`: what `npm test` tries a slice of, as far as a quarter of an hour goes: random frames, events, logs,
 * npy files, sources, couplings and terminal output, a hundred killed sessions, and a training of 300,000 steps.
 *
 *     npm run stress               with a new seed, which the last line names
 *     npm run stress -- 12345      the same inputs again
 */
import { randomInt } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { run } from './lib/childProcess.mjs'
import { ROOT } from './lib/paths.mjs'
import { readOutcome } from './summary.mjs'

/** Files of tests; the longest first, so that the others run beside them. */
const FILES = [
  'test/stress/soak.test.ts',
  'test/stress/kills.test.ts',
  'test/runner/transport/frameGuard.test.ts',
  'test/protocol/events.test.ts',
  'test/cli/logs/mutatedLogs.test.ts',
  'test/cli/measure/npyHeader.test.ts',
  'test/cli/console/screen.test.ts',
  'test/source/edits/generated.test.ts',
  'test/source/tracking/lineDiff.test.ts',
  'test/model/coupling.test.ts',
]

const seed = Number(process.argv[2] ?? randomInt(1, 2 ** 31))
if (!Number.isInteger(seed) || seed < 1) throw new Error(`${process.argv[2]} is no seed: a whole number above 0.`)
const begun = performance.now()
const report = path.join(ROOT, 'artifacts', 'reports', 'stress.json')
mkdirSync(path.dirname(report), { recursive: true })
rmSync(report, { force: true })
const env = { ...process.env, SATURATION_STRESS: '1', SATURATION_SEED: String(seed) }
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json']
const problem = await run(process.execPath, [...vitest, `--outputFile.json=${report}`, ...FILES], {
  cwd: ROOT,
  env,
  stream: true,
}).then(
  () => undefined,
  (error) => /** @type {Error} */ (error).message.replace(/^.*: /, ''),
)
const { passed, failures } = readOutcome('vitest', report, problem)
const minutes = ((performance.now() - begun) / 60_000).toFixed(1)
const failed = failures.length > 0 ? `, ${failures.length} failed: ${failures.join('; ')}` : ''
console.log(`\nStress with seed ${seed}: ${passed} passed${failed} (${minutes} minutes)`)
process.exitCode = failures.length > 0 ? 1 : 0

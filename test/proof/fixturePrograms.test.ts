import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOverride } from '../../src/protocol/overrides.ts'
import { NODE_ARGS, train } from '../instrumentation/training.ts'
import type { Run } from './variantRunner.ts'

const FIXTURES = path.resolve('test/fixtures')

/** Arguments of the programs that need some. */
const ARGUMENTS: Readonly<Record<string, string[]>> = {
  'programs/processes/parts/job.cjs': ['train'],
  'scripts/learned/inherits.cjs': ['fit'],
  'scripts/narrowing/proves.cjs': ['fit'],
  'scripts/rightsize/wide.cjs': [devNull],
  'scripts/sampling/recorded.js': [devNull],
  'scripts/process/neverYields.js': [path.resolve('package.json')],
}

/** Programs that are left out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'programs/models/tooOld.js': 'removes a kernel from TensorFlow.js',
  'programs/models/variables.js': 'has no layers',
  'programs/processes/fork.cjs': 'trains job.cjs in another process',
  'programs/processes/pacedSearch.cjs': 'trains paced.js in other processes',
  'programs/processes/pool.cjs': 'trains job.cjs in other processes',
  'programs/processes/search.cjs': 'trains job.cjs in other processes',
  'programs/processes/parts/trial.cjs': 'trains the model of job.cjs',
  'programs/models/parts/blocks.mjs': 'is a part of graph.mjs',
  'programs/models/parts/gate.mjs': 'is a part of graph.mjs',
  'programs/surroundings/realms.cjs': 'has a TensorFlow.js of its own in another context',
  'programs/surroundings/parts/inRealm.cjs': 'is a part of realms.cjs',
  'programs/surroundings/window.cjs': 'makes the process look like a browser and runs another program',
  'scripts/backend/wasm.cjs': 'needs another backend than the programs before it',
  'scripts/merge/worker.cjs': 'changes no weight',
  'scripts/pacing/deep.js': 'is a chain of 200 dense layers, which would be 400 runs',
  'scripts/pacing/dropped.js': 'collects garbage, and waits, for its memory to be measured',
  'scripts/probing/deep.mjs': 'replaces the generator of random numbers',
  'scripts/process/digits.mjs': 'replaces the generator of random numbers',
  'scripts/process/detached.js': 'trains tiny.js',
  'scripts/process/families.js': 'replaces the binding of the backend',
  'scripts/process/faults.js': 'breaks the monitor',
  'scripts/process/manners.js': 'does what a process does, and ends it',
  'scripts/process/paced.js': 'waits for files',
  'scripts/process/profiled.js': 'starts a profiler, which Node does not take often in one process',
  'scripts/process/priorities.js': 'waits for threads of the monitor',
  'scripts/sites/loads.mjs': 'only loads models',
  'scripts/sites/sitesHelper.mjs': 'is a part of sites.mjs',
  'scripts/sites/sites.ts': 'is sites.cjs in TypeScript',
  'scripts/sites/stacks.ts': 'is TypeScript, and throws',
}

const programs = ['programs', 'scripts']
  .flatMap((folder) =>
    readdirSync(path.join(FIXTURES, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file.replaceAll('\\', '/')),
    ),
  )
  .filter((file) => /\.[cm]?[jt]s$/.test(file) && !(file in LEFT_OUT))
  .sort()

/** Runs all programs, unchanged and with every suggestion, in one process. @returns the runs of each, unchanged first */
async function runAll(): Promise<Record<string, Run[]>> {
  // Node looks for TensorFlow.js from where the file is.
  const folder = mkdtempSync(path.resolve('dist', 'proof-'))
  const [runner, job] = [path.join(folder, 'runner.cjs'), path.join(folder, 'job.json')]
  try {
    const entryPoints = [path.resolve('test/proof/variantRunner.ts')]
    const define = { 'import.meta.url': '__filename' }
    await build({ entryPoints, define, bundle: true, platform: 'node', format: 'cjs', outfile: runner })
    const listed = programs.map((name) => ({ file: path.join(FIXTURES, name), args: ARGUMENTS[name] ?? [] }))
    writeFileSync(job, JSON.stringify({ programs: listed }))
    const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
    const child = spawn(process.execPath, [...NODE_ARGS, runner, job], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const [exitCode] = (await once(child, 'close')) as [number | null]
    const runs = JSON.parse(readFileSync(`${job}.out`, 'utf8')) as Record<string, Run[]>
    const unfinished = listed.filter(({ file }) => !(file in runs)).map(({ file }) => file)
    expect({ exitCode, unfinished }, errors.slice(-2000)).toEqual({ exitCode: 0, unfinished: [] })
    return Object.fromEntries(
      Object.entries(runs).map(([file, all]) => [path.relative(FIXTURES, file).replaceAll('\\', '/'), all]),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('every width that a group allows', () => {
  let runs: Record<string, Run[]>
  beforeAll(async () => (runs = await runAll()))
  afterAll(() => {
    const all = Object.values(runs)
    const followed = all.reduce((sum, [, ...changed]) => sum + changed.length, 0)
    console.log(`${all.length} fixture programs, ${followed} runs with other widths`)
  })

  it.each(programs)('runs in %s', (program) => {
    const [unchanged, ...changed] = runs[program]!
    expect(unchanged).toMatchObject({ threw: null })
    expect(unchanged!.steps).toBeGreaterThanOrEqual(1)
    const threw = changed.filter(({ threw }) => threw !== null)
    expect(threw.map(({ overrides, threw }) => [overrides.map(describeOverride).join(', '), threw])).toEqual([])
  })

  it('runs under the preload as well', async () => {
    for (const program of ['programs/models/graph.mjs', 'programs/ties/opsAdd.js', 'scripts/sites/sites.mjs']) {
      const { overrides } = runs[program]!.at(-1)!
      expect(overrides.length).toBeGreaterThan(1)
      const texts = overrides.map(({ layer, property, value }) => `${layer}.${property}=${JSON.stringify(value)}`)
      const { exitCode, state } = await train(path.join(FIXTURES, program), { overrides: texts })
      // A program that constructs a layer after its first step is told that none has matched so far.
      const problems = state.problems.filter(({ message }) => !message.startsWith('At the first training step:'))
      expect({ exitCode, problems }).toEqual({ exitCode: 0, problems: [] })
    }
  })
})

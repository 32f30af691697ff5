/**
 * Measures overhead, exactness, the time of eigenvalues, of recording a step and of lenses on this machine, and prints them as tables.
 *
 *     npm run bench                                  all parts
 *     npm run bench -- overhead --rounds 5           one part, more rounds
 *     npm run bench -- overhead --models small,mlp --rows all
 *     npm run bench -- overhead --models search --steps 500     shorter trainings; the steps of a search are models
 *     npm run bench -- overhead --pre-activation     measuring before fused activations
 *     npm run bench -- --with-delve                  delve's overhead too (installs PyTorch and delve in a cache)
 *     npm run bench -- advice --models mlp,cnn --seeds 1,2,3 --cifar FOLDER
 *                                                    networks narrowed with what they learned: hours, so only if named
 *     npm run bench -- --json                        the same numbers as JSON
 */
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../setup/lib/paths.mjs'
import { measureDelve } from './delve/delve.mjs'
import { measureExactness } from './exactness/exactness.mjs'
import { measureOverhead } from './overhead/overhead.mjs'
import { tables } from './tables.mjs'

/**
 * Steps of one timed training. They take about ten seconds; for wide layers, whose first reports cost most, half a
 * minute. Those of a search are models.
 */
const STEPS = { small: 500, vgg: 60, lstm: 90, mlp: 250, search: 2000 }
/** Parts of the benchmark that can be named on the command line. */
const PARTS = /** @type {const} */ (['overhead', 'exactness', 'eigenvalues', 'tracing', 'lenses', 'advice'])
/** Models that have a target for measuring every row of every step, too. */
const MODELS_WITH_ALL_ROWS = ['small', 'vgg']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    models: { type: 'string' },
    rows: { type: 'string' },
    steps: { type: 'string' },
    'pre-activation': { type: 'boolean', default: false },
    'with-delve': { type: 'boolean', default: false },
    seeds: { type: 'string', default: '1' },
    cifar: { type: 'string', default: process.env.SATURATION_CIFAR },
    results: { type: 'string', default: path.join(ROOT, 'artifacts', 'bench', 'advice.jsonl') },
    measures: { type: 'string' },
    epochs: { type: 'string' },
    examples: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const parts = positionals.length > 0 ? positionals : PARTS.filter((part) => part !== 'advice')
const unknown = parts.find((part) => !(/** @type {readonly string[]} */ (PARTS).includes(part)))
if (unknown) throw new Error(`There is no part ${unknown}; there are ${PARTS.join(', ')}.`)
if (!existsSync(path.join(ROOT, 'dist', 'saturation.cjs'))) throw new Error('Build first: npm run build.')

const rounds = Number(values.rounds)
const report = (/** @type {string} */ text) => process.stderr.write(`${text}\n`)
const machine = {
  cpu: os.cpus()[0]?.model ?? 'unknown',
  cores: os.availableParallelism(),
  node: process.version,
  load: os.loadavg()[0] ?? 0,
}
/** @type {import('./tables.mjs').Results} */
const results = {
  machine,
  overhead: [],
  delve: [],
  exactness: null,
  eigenvalues: null,
  tracing: null,
  lenses: null,
  advice: [],
  missing: [],
}

if (parts.includes('overhead')) {
  for (const model of /** @type {(keyof typeof STEPS)[]} */ ((values.models ?? Object.keys(STEPS).join()).split(','))) {
    if (!STEPS[model]) throw new Error(`There is no model ${model}; there are ${Object.keys(STEPS).join(', ')}.`)
    const chosen = values['pre-activation'] ? ['--pre-activation'] : []
    const options = { rounds, steps: Number(values.steps ?? STEPS[model]), options: chosen, report }
    if (values.rows !== 'all') results.overhead.push(await measureOverhead(model, 'sampled', options))
    if (values.rows === 'all' || (!values.rows && MODELS_WITH_ALL_ROWS.includes(model)))
      results.overhead.push(await measureOverhead(model, 'all', options))
  }
}
if (parts.includes('advice')) {
  const { MODELS } = await import('./advice/models.mjs')
  const { MEASURES, measureAdvice } = await import('./advice/advice.mjs')
  results.advice = await measureAdvice({
    models: values.models?.split(',') ?? Object.keys(MODELS),
    seeds: values.seeds.split(',').map(Number),
    measures: values.measures?.split(',') ?? MEASURES,
    results: path.resolve(values.results),
    report,
    ...(values.cifar ? { cifar: path.resolve(values.cifar) } : {}),
    ...(values.epochs ? { epochs: Number(values.epochs) } : {}),
    ...(values.examples ? { examples: Number(values.examples) } : {}),
  })
}
if (parts.includes('tracing')) results.tracing = await (await import('./tracing.mjs')).benchTracing()
if (parts.includes('lenses')) results.lenses = await (await import('./lenses.mjs')).benchLenses()
if (values['with-delve']) results.delve = await measureDelve(rounds, report)
for (const part of /** @type {const} */ (['exactness', 'eigenvalues'])) {
  if (!parts.includes(part)) continue
  try {
    if (part === 'exactness') results.exactness = await measureExactness(report)
    else results.eigenvalues = await (await import('./eigenvalues.mjs')).benchEigenvalues(undefined, report)
  } catch (error) {
    // Without Python there is no reference to compare with, but the other parts can still run.
    results.missing.push(`${part}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
console.log(values.json ? JSON.stringify(results, null, 2) : tables(results))

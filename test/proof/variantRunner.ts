import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { loadCallSite, watchLoadCalls } from '../../src/instrumentation/hooks/bundledLoads.ts'
import { onLayerConstructed } from '../../src/instrumentation/hooks/layerConstruction.ts'
import { isLoading, onModelLoaded } from '../../src/instrumentation/hooks/modelLoads.ts'
import { Overrides } from '../../src/instrumentation/overrides/overrides.ts'
import { constructionSite } from '../../src/instrumentation/sites/constructionSite.ts'
import { engine, isVariable, onEngine, type Engine, type Layer } from '../../src/instrumentation/tfjs/tfjs.ts'
import type { Layer as LayerInfo } from '../../src/protocol/layer.ts'
import type { Override } from '../../src/protocol/overrides.ts'
import { StepRecorder } from '../instrumentation/graph/stepRecorder.ts'
import { variantsOf } from './suggestions.ts'

/**
 * Runs one program after the other in this process, each many times with other overrides. Starting a process for each
 * would take a second or two. A run ends where nothing more is to be done in this process. It is cut short once each of its models has
 * taken two steps.
 *
 * The hooks, overrides and groups are those of the product; only the measuring is left out.
 */

interface Program {
  file: string
  args: string[]
}

/** A program's run. */
export interface Run {
  overrides: Override[]
  /** What it threw; null where it ran. */
  threw: string | null
  steps: number
  layers: LayerInfo[]
}

/** Thrown in a step after the last one that is needed. */
class Enough extends Error {}

/** Steps of models that have taken two already, after which a program's first run is cut: no other model will come. */
const MAX_FURTHER_STEPS = 30

const require = createRequire(pathToFileURL(process.argv[2]!))
let overrides = new Overrides([])
/** Steps of each set of variables. */
let steps = new Map<string, number>()
let stepCount = 0
/** The step after which each model has taken two. */
let lastNeeded = Infinity
let neededSoFar = 0
let failure: unknown = null

const recorder = new StepRecorder({
  beforeCall: () => overrides.settle(),
  stepBegins: (variables) => {
    const key = variables.map((variable) => (variable as { id: number }).id).join()
    const taken = (steps.get(key) ?? 0) + 1
    steps.set(key, taken)
    stepCount++
    if (taken <= 2) neededSoFar = stepCount
  },
})

function watchEngine(tfEngine: Engine): void {
  watchLoadCalls()
  const before = tfEngine.gradients
  recorder.watchEngine(tfEngine)
  if (tfEngine.gradients === before) return
  const { gradients } = tfEngine
  tfEngine.gradients = function (f, xs, ...rest) {
    const isLong = stepCount - neededSoFar > MAX_FURTHER_STEPS
    if ((stepCount >= lastNeeded || isLong) && xs.every(isVariable)) throw new Enough('two steps are taken')
    return gradients.call(this, f, xs, ...rest)
  }
}

function constructed(layer: Layer): void {
  const tfEngine = engine()
  if (tfEngine) watchEngine(tfEngine)
  const load = loadCallSite()
  const site = constructionSite(layer, load === null)
  recorder.graph.constructed(layer, site)
  if (load && !site) recorder.graph.loaded(layer, load)
  recorder.watchLayers(layer)
  overrides.constructing(layer, {
    site: () => constructionSite(layer, loadCallSite() === null),
    isLoaded: () => loadCallSite() !== null || (isLoading() && constructionSite(layer, false) === null),
  })
}

/** Settles once the event loop is empty. What follows begins in a new turn of it, or Node would not ask again. */
const whenIdle = (): Promise<void> =>
  new Promise((resolve) => process.once('beforeExit', () => setImmediate(() => resolve())))

async function run({ file, args }: Program, wanted: Override[]): Promise<Run> {
  recorder.restart()
  overrides = new Overrides(wanted)
  ;[failure, steps, stepCount, neededSoFar] = [null, new Map<string, number>(), 0, 0]
  process.argv = [process.argv[0]!, file, ...args]
  const idle = whenIdle()
  try {
    if (file.endsWith('.mjs')) await import(`${pathToFileURL(file).href}?${Math.random()}`)
    else {
      for (const cached of Object.keys(require.cache))
        if (!cached.includes('node_modules')) delete require.cache[cached]
      require(file)
    }
  } catch (error) {
    failure ??= error
  }
  await idle
  if (failure === null || failure instanceof Enough)
    try {
      overrides.check()
      overrides.end()
      failure = overrides.failure ?? failure
    } catch (error) {
      failure = error
    }
  const threw = failure === null || failure instanceof Enough ? null : inspect(failure)
  return { overrides: wanted, threw, steps: stepCount, layers: recorder.layers() }
}

const [, , jobFile] = process.argv as [string, string, string]
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as { programs: Program[] }
process.on('unhandledRejection', (error) => (failure ??= error))
process.on('uncaughtException', (error) => (failure ??= error))
onModelLoaded((model, site) => recorder.graph.loaded(model, site))
onLayerConstructed(constructed)
onEngine(watchEngine)
void main()

async function main(): Promise<void> {
  const results: Record<string, Run[]> = {}
  for (const program of job.programs) {
    lastNeeded = Infinity
    const base = await run(program, [])
    const runs = (results[program.file] = [base])
    lastNeeded = neededSoFar
    if (base.threw === null) for (const variant of variantsOf(base.layers)) runs.push(await run(program, variant))
    writeFileSync(`${jobFile}.out`, JSON.stringify(results))
  }
}

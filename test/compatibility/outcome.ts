import type { BuildFailure } from 'esbuild'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Layer } from '../../src/protocol/layer.ts'
import type { RunEvent } from '../../src/protocol/events.ts'
import { readLog } from '../../src/runner/history/log.ts'
import { WAYS, type Backend, type Prepared, type System } from './systems.ts'

/** Parent of the programs' folders, inside the repository: there the programs find node_modules as a user's do. */
const PROGRAMS_FOLDER = path.resolve('artifacts/compatibility')

/** Number of programs so far, which keeps the names of their folders apart. */
let programCount = 0

/** Ways of training, in the order of the table. */
export const WAY_NAMES = [
  'fit',
  'fitDataset',
  'trainOnBatch',
  'minimize',
  'applyGradients',
  'gan',
  'dqn',
  'transfer',
  'resume',
] as const
export type Way = (typeof WAY_NAMES)[number]

/** For each way of training: null when every layer was measured and stands on its line, else the fault. */
export type Outcome = Record<Way, string | null>

/** Runs all ways of training in one process of `saturation run`, and judges each by the run's log. */
export async function outcomeOf(system: System, backend: Backend, node = process.execPath): Promise<Outcome> {
  const folder = path.join(PROGRAMS_FOLDER, `${++programCount} ${system.name} ${backend.name}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const prepared = await prepare(system, folder, backend)
  if (typeof prepared === 'string') return everyWay(() => prepared)
  const { args, extension, sources = folder, cwd = folder } = prepared
  const log = path.join(folder, 'run.jsonl')
  const stderr = await saturation(['run', '--no-live', '--log', log, '--node', node, ...args], cwd)
  const events: RunEvent[] = []
  for await (const entry of readLog(log)) if ('event' in entry) events.push(entry.event)
  const judge = (way: Way): string | null => errorMessage(way, stderr) ?? findFault(way, events, sources, extension)
  return everyWay(judge)
}

function everyWay(judge: (way: Way) => string | null): Outcome {
  return Object.fromEntries(WAY_NAMES.map((way) => [way, judge(way)])) as Outcome
}

/** @returns the bundler's message when it refuses: tfjs-node loads a native addon by its place on disk. */
async function prepare(system: System, folder: string, backend: Backend): Promise<Prepared | string> {
  try {
    return await system.prepare(folder, backend)
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (!errors) throw error
    return `esbuild: ${errors.map(({ text }) => text).sort()[0]}`
  }
}

function saturation(args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
  return new Promise((resolve) =>
    execFile(process.execPath, [path.resolve('dist/saturation.cjs'), ...args], { cwd, env }, (_, __, stderr) =>
      resolve(stderr),
    ),
  )
}

/** Error that the program printed for a way of training, or that ended the whole program; null if there is none. */
function errorMessage(way: Way, stderr: string): string | null {
  const own = new RegExp(`^${way}: (.*)$`, 'm').exec(stderr)?.[1]
  const whole = /^.*Error(?: \[\w+\])?: (.*)$/m.exec(stderr)?.[1]
  return own ?? whole ?? null
}

/** First layer that is missing, on the wrong line or measured wrongly, as a sentence; null if there is none. */
function findFault(way: Way, events: RunEvent[], folder: string, extension: string): string | null {
  const described = events.filter((event) => event.type === 'model').flatMap(({ layers }) => layers)
  const layers = [...new Map(described.map((layer) => [layer.id, layer])).values()]
  const expected = expectedSites(way, folder, extension)
  for (const [name, site] of expected) {
    const layer = layers.find((candidate) => candidate.name === name)
    if (!layer) return `${name} was not found`
    const place = layer.site ? `${path.basename(layer.site.file)}:${layer.site.line}` : 'no line'
    if (place !== site) return `${name} stands on ${place} instead of ${site}`
    const fault = measurementFault(layer, events)
    if (fault) return `${name} ${fault}`
  }
  return null
}

/**
 * What is wrong with a layer's measurements; null if nothing is. The target network must have none, because no step
 * trains it. All other layers must have some.
 */
function measurementFault(layer: Layer, events: RunEvent[]): string | null {
  const measured = events
    .filter((event) => event.type === 'saturation')
    .flatMap((event) => event.layers.filter((m) => m.layer === layer.id && m.split === 'train'))
  if (layer.name.startsWith('target_')) return measured.length > 0 ? 'was measured, and is never trained' : null
  if (layer.notMeasured) return `was not measured: ${layer.notMeasured}`
  // Predictions have a hundred rows, a training step has at most 32. If predictions were measured as well, there would be
  // too many observations. A window may cover both epochs.
  const maxPerEpoch = Math.max(0, ...measured.map(({ seen, steps }) => seen / (steps?.epochs || 1)))
  return measured.some((m) => m.k > 0) && maxPerEpoch <= 400 ? null : `shows ${maxPerEpoch} observations`
}

/**
 * Expected sites, layer name → file:line. `// site:` comments mark them in the file that runs, or in the file that its
 * source map names.
 */
function expectedSites(way: Way, folder: string, extension: string): Map<string, string> {
  const sites = new Map<string, string>()
  const file = `${way}${extension}`
  readFileSync(path.join(folder, file), 'utf8')
    .split('\n')
    .forEach((line, i) => {
      const names = /\/\/ site: (.*)$/.exec(line)?.[1]?.trim().split(' ') ?? []
      for (const name of names) sites.set(name, `${file}:${i + 1}`)
    })
  if (sites.size === 0) throw new Error(`${file} marks no layer; the folder holds ${readdirSync(WAYS).join(', ')}`)
  return sites
}

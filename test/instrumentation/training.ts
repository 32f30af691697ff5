import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readLog } from '../../src/runner/history/log.ts'
import { weightsFileOf } from '../../src/runner/history/weightsFile.ts'
import type { RunOptions } from '../../src/protocol/handshake.ts'
import type { Layer } from '../../src/protocol/layer.ts'
import type { Measurement } from '../../src/protocol/measurement.ts'
import type { RunEvent } from '../../src/protocol/events.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../../src/protocol/measureOptions.ts'
import { parseOverride, type Override } from '../../src/protocol/overrides.ts'
import type { Task } from '../../src/protocol/task.ts'
import type { RunState } from '../../src/run/state.ts'
import { describeLaunch } from '../../src/runner/launch/launch.ts'
import { LaunchedCommand } from '../../src/runner/launchedCommand.ts'
import { createRun } from '../../src/runner/store.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'

/** The preload as it is built and shipped. */
export const PRELOAD = path.resolve('dist/preload.cjs')
const SCRIPTS = path.resolve('test/fixtures/scripts')
/** Options for Node in every process that trains, monitored or not. */
export const NODE_ARGS =
  Number(process.versions.node.split('.')[0]) < 22 ? [] : ['--require', path.resolve('test/fixtures/newNode.cjs')]
/** Time after which a process is killed, ms: one that hangs must fail its own test, not the whole test run. */
const KILL_AFTER_MS = 240_000

export interface Options {
  args?: string[]
  /** Path of another Node than the present one. It gets none of `NODE_ARGS`. */
  node?: string
  /** Options for Node, before the preload. */
  nodeArgs?: string[]
  env?: Record<string, string>
  stdin?: string
  /** Sent once the script's output contains the word `ready`. */
  signal?: NodeJS.Signals
  budget?: number
  rows?: 'sampled' | 'all'
  measure?: Partial<MeasureOptions>
  /** What is done after the training. */
  task?: Task
  /** Overrides in their text form. */
  overrides?: string[]
  /** Further options of the run. */
  run?: Pick<RunOptions, 'keepWeights' | 'inherit' | 'saveModel'>
  /** Absolute path to which the weights are copied that the run has kept. */
  weightsTo?: string
  /** Called with events while the script runs. */
  onEvents?: (events: readonly RunEvent[]) => void
}

/** How a process ended, and its output. */
export interface Ended {
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** The recorded run of one process that has trained. */
export interface OneRun {
  events: RunEvent[]
  state: RunState
}

export interface Trained extends Ended, OneRun {
  /** Runs of further processes and threads. */
  others: OneRun[]
}

/** Returns the absolute path of a script of `test/fixtures/scripts`; an absolute path stays as it is. */
export function scriptPath(name: string): string {
  return path.resolve(SCRIPTS, name)
}

/** Runs a script in a process of its own without the monitor. */
export function runPlain(script: string, options: Options = {}): Promise<Ended> {
  return execute([...(options.nodeArgs ?? []), scriptPath(script), ...(options.args ?? [])], {}, options)
}

/** Runs a script under the real preload, reporting to a real session; the events are read back from the run's log. */
export async function train(script: string, options: Options = {}): Promise<Trained> {
  const storage = mkdtempSync(path.join(os.tmpdir(), 'saturation-test-'))
  const limits = {
    delta: 0.99,
    budget: options.budget ?? 1,
    rows: options.rows ?? 'sampled',
    orphanAfter: 2000,
    measure: { ...DEFAULT_OPTIONS, ...options.measure },
    overrides: (options.overrides ?? []).map(parsed),
    ...options.run,
    ...(options.task ? { task: options.task } : {}),
  }
  const file = scriptPath(script)
  const [cwd, args, env] = [path.dirname(file), options.args ?? [], options.env ?? {}]
  const named = { script: file, args, cwd, overrides: limits.overrides }
  const command = { kind: 'script' as const, node: 'node', nodeArgs: [], script: file }
  const run = await createRun(storage, named)
  if (options.onEvents) run.onEvents(options.onEvents)
  const launched = new LaunchedCommand(run.folder, run, ({ pid }) => createRun(storage, named, {}, pid))
  await launched.open(limits, PRELOAD)
  try {
    const launch = describeLaunch({ command, args, cwd, env, named }, launched.invitation, PRELOAD)
    const ended = await execute([...(options.nodeArgs ?? []), ...launch.args], launch.env, options)
    await launched.ended({ ...ended, stderrTail: ended.stderr })
    const kept = weightsFileOf(run.record.log)
    if (options.weightsTo !== undefined && existsSync(kept)) copyFileSync(kept, options.weightsTo)
    const [, ...others] = launched.runs
    await Promise.all(others.map((other) => other.processEnded(null)))
    const logged = await Promise.all(
      others.map(async (other) => ({ events: await eventsOf(other), state: other.state })),
    )
    return { ...ended, events: await eventsOf(run), state: run.state, others: logged }
  } finally {
    for (const each of launched.runs) each.dispose()
    rmSync(storage, { recursive: true, force: true })
  }
}

function parsed(text: string): Override {
  const result = parseOverride(text)
  if ('malformed' in result) throw new Error(result.malformed)
  return result.override
}

/** Reads all events of a run's log. @throws Error when a line is not an event. */
async function eventsOf(run: WatchedRun): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const entry of readLog(run.record.log)) {
    if ('malformed' in entry) throw new Error(`line ${entry.line} of the log: ${entry.malformed}`)
    events.push(entry.event)
  }
  return events
}

function execute(args: string[], env: Record<string, string>, options: Options): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const node = options.node ?? process.execPath
    const child = spawn(node, [...(node === process.execPath ? NODE_ARGS : []), ...args], {
      cwd: SCRIPTS,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...options.env, ...env },
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    let stdout = ''
    let stderr = ''
    let signal = options.signal
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (!signal || !stdout.includes('ready')) return
      child.kill(signal)
      signal = undefined
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, stdout, stderr })
    })
    child.stdin.end(options.stdin ?? '')
  })
}

export function ofType<T extends RunEvent['type']>(events: RunEvent[], type: T): Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
}

/** Returns each layer as the last `model` event with it describes it. */
export function layersOf(events: RunEvent[]): Layer[] {
  const described = ofType(events, 'model').flatMap(({ layers }) => layers)
  return [...new Map(described.map((layer) => [layer.id, layer])).values()]
}

/** Returns all measurements of a layer's split at the ends of epochs, in order. */
export function epochsOf(events: RunEvent[], layer: string, split: 'train' | 'eval'): Measurement[] {
  return ofType(events, 'saturation')
    .filter((event) => event.endOfEpoch)
    .flatMap((event) => event.layers.filter((m) => m.layer === layer && m.split === split))
}

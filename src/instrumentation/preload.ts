import { readFileSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'
import * as v from 'valibot'
import type { EventBody } from '../protocol/events.ts'
import { Invitation, INVITATION_VARIABLE, TERMINAL_VARIABLE, type Joined } from '../protocol/handshake.ts'
import { prepareBackend } from './backend/prepareBackend.ts'
import { Budget } from './pacing/budget.ts'
import { Catalogue } from './graph/layerGraph.ts'
import { Channel } from './reporting/channel.ts'
import { constructionSite } from './sites/constructionSite.ts'
import { watchEpochs } from './hooks/epochs.ts'
import { onFatalError, type FatalError } from './process/fatalErrors.ts'
import { tapOutputs } from './hooks/layerOutputs.ts'
import { outliveTerminal } from './process/surviveHangup.ts'
import { onLayerConstructed } from './hooks/layerConstruction.ts'
import { loadCall, watchLoadCalls } from './hooks/bundledLoads.ts'
import { onModelLoaded } from './hooks/modelLoads.ts'
import type { Guest } from './reporting/workerMessages.ts'
import { Monitor } from './monitor.ts'
import { restoreRemovedNodeFunctions } from './process/nodeShims.ts'
import { ownStack } from './sites/hiddenFrames.ts'
import { rootOf } from './tfjs/realm.ts'
import { engine, onEngine, type Engine, type Layer } from './tfjs/tfjs.ts'
import { watchTrainingSteps } from './hooks/trainingSteps.ts'
import { versions } from './process/versions.ts'

/** Characters of a script's arguments that the asking for a run repeats. */
const LONGEST_ARGUMENTS = 16_000

/**
 * Loaded with `node --require` before the user's script. Until a layer is constructed it does nothing but wait; a
 * process that trains no model never gets a worker or a connection.
 * @param file absolute path of the file that the invitation lies in
 * @param inTerminal whether it is one to every process of a terminal: what does not train then leaves no trace, and
 * nothing is said where there is no run to say it in
 */
function main(invitation: Invitation, file: string, inTerminal: boolean): void {
  const catalogue = new Catalogue(invitation.measure)
  // As it was started, whatever the script makes of it; a thread learns its script only after what is preloaded.
  const started = isMainThread ? asGuest() : null
  let channel: Channel | null = null
  let session: Joined | null = null
  let monitor: Monitor | null = null
  let fatal: FatalError | null = null
  /** Engines of other realms than Node's own, by their `Object.prototype`. */
  const engines = new WeakMap<object, Engine>()
  let off = false

  const openChannel = () =>
    (channel ??= new Channel(
      { invitation, file, guest: started ?? asGuest(), session },
      { onJoined: (run) => (session = run), onBroken: replaceChannel },
    ))

  /** The worker is gone, and the windows on their way with it: a second one tells so, and ends the run properly. */
  const replaceChannel = (error: Error): void => {
    if (off) return
    channel = null
    switchOff(`its worker thread ended: ${error.message}`)
  }

  const switchOff = (why: string): void => {
    off = true
    if (inTerminal && !channel && !session) return
    const message = `The monitor failed and is switched off: ${why}`
    const advice = 'The training goes on unmonitored. Please report this.'
    try {
      openChannel().event({ type: 'problem', layer: null, message: message.slice(0, 4000), advice })
    } catch {
      complain(message)
    }
  }

  /** Runs a part of the monitor; a fault in it switches the monitor off, and the training goes on. */
  const guarded = (part: () => void): void => {
    if (off) return
    try {
      part()
    } catch (error) {
      switchOff(ownStack(error))
    }
  }

  /** The monitor, from the first training step or evaluation on. */
  const monitored = (tfEngine: Engine): Monitor => {
    if (monitor) {
      monitor.use(tfEngine)
      return monitor
    }
    const { delta, budget, rows, measure, completeWasm = true } = invitation
    const { name: backend, warning, unmeasurable } = prepareBackend(tfEngine, completeWasm)
    catalogue.unmeasurable = unmeasurable
    monitor = new Monitor(tfEngine, catalogue, openChannel(), new Budget(budget, rows === 'all'), measure)
    const { script, args } = started ?? asGuest()
    const which = { pid: process.pid, process: { script, args, thread: threadId } }
    openChannel().event({ type: 'attached', ...which, delta, versions: versions(), backend, measure })
    if (warning) openChannel().event({ type: 'problem', layer: null, ...warning })
    return monitor
  }

  /**
   * The monitor of a process that trains. Not sooner does it ask for a run: one that builds or evaluates a model, and has
   * others train it, is none to be shown.
   */
  const training = (tfEngine: Engine): Monitor => {
    const trained = monitored(tfEngine)
    openChannel().join()
    return trained
  }

  const watchSteps = (tfEngine: Engine): void =>
    watchTrainingSteps(tfEngine, {
      beginStep: (variables) => guarded(() => training(tfEngine).beginStep(variables)),
      endStep: (loss) => guarded(() => monitor?.endStep(loss)),
      saliency: (depth) => guarded(() => monitor?.saliency(depth)),
    })

  const met = (layer: Layer): void => {
    const tfEngine = engines.get(rootOf(layer)) ?? engine()
    if (!tfEngine) return
    watchSteps(tfEngine)
    const load = loadCall()
    const site = constructionSite(layer, load === null)
    catalogue.constructed(layer, site)
    if (load && !site) catalogue.loaded(layer, load)
    tapOutputs(
      layer,
      () => !off && (monitor?.pass ?? null) !== null,
      (called, inputs, output) => guarded(() => monitor?.output(called, inputs, output)),
    )
    // Model classes only; on a plain layer there is nothing to watch.
    watchEpochs(layer, {
      beginEpoch: (...args) => guarded(() => training(tfEngine).beginEpoch(...args)),
      endEpoch: (...args) => guarded(() => monitor?.endEpoch(...args)),
      endFit: (...args) => guarded(() => monitor?.endFit(...args)),
      // Of a process in a terminal, an evaluation alone is nobody's business.
      evaluation: (change) => guarded(() => (inTerminal ? monitor : monitored(tfEngine))?.evaluation(change)),
    })
  }

  restoreRemovedNodeFunctions()
  if (invitation.orphanAfter === null && !inTerminal) outliveTerminal()
  const watchRealm = (root: object): void => {
    onModelLoaded((model, site) => guarded(() => catalogue.loaded(model, site)), root)
    onLayerConstructed((layer) => guarded(() => met(layer)), root)
  }
  watchRealm(Object.prototype)
  onEngine((tfEngine) =>
    guarded(() => {
      watchSteps(tfEngine)
      watchLoadCalls()
      const root = rootOf(tfEngine)
      // Layers come after the engine, so none has been missed.
      if (root !== Object.prototype && !engines.has(root)) watchRealm(root)
      if (root !== Object.prototype) engines.set(root, tfEngine)
    }),
  )
  onFatalError((error) => (fatal = error))
  process.on('exit', (exitCode) => {
    guarded(() => monitor?.close())
    try {
      // The user's own handler may have dealt with it.
      if (exitCode === 0) fatal = null
      if (fatal && (channel || !inTerminal)) openChannel().event({ type: 'problem', layer: null, ...fatal })
      // A script that ended in peace without training is for the session to explain.
      if (fatal || monitor?.trained) channel?.event(endOf(exitCode, fatal !== null))
      channel?.finish()
    } catch {
      // The session sees the process end, too; the user's own listeners must be called.
    }
  })
}

/** What was thrown is a problem of its own, with what to do. */
function endOf(exitCode: number, thrown: boolean): EventBody {
  const failure = `The script ${thrown ? 'failed' : 'ended'} with exit code ${exitCode}.`
  const message = exitCode === 0 ? 'Training completed.' : failure
  return { type: 'run ended', how: exitCode === 0 ? 'completed' : 'failed', exitCode, signal: null, message }
}

/** Who asks for a run. */
function asGuest(): Guest {
  const args = process.argv.slice(2)
  // A stranger's message may not be long.
  const short = JSON.stringify(args).length < LONGEST_ARGUMENTS
  return { script: process.argv[1] ?? '[eval]', args: short ? args : [], cwd: process.cwd() }
}

/** For what cannot be reported to the session. */
function complain(what: string): void {
  process.stderr.write(`Saturation Inspector: ${what}\n`)
}

const { [INVITATION_VARIABLE]: ofCommand, [TERMINAL_VARIABLE]: ofTerminal } = process.env
const file = ofCommand ?? ofTerminal
try {
  if (file !== undefined)
    main(v.parse(Invitation, JSON.parse(readFileSync(file, 'utf8'))), file, ofCommand === undefined)
} catch (error) {
  // Nobody is invited any more: the command has ended, and this process outlives it.
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
    complain(`not monitoring this process: ${error instanceof Error ? error.message : String(error)}`)
}

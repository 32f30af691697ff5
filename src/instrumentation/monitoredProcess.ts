import { isMainThread, threadId } from 'node:worker_threads'
import { prepareBackend } from './backend/prepareBackend.ts'
import { LayerGraph } from './graph/layerGraph.ts'
import type { OutsideUses } from './graph/outsideUses.ts'
import { loadCallSite, watchLoadCalls } from './hooks/bundledLoads.ts'
import { watchEpochs } from './hooks/epochs.ts'
import { onLayerConstructed } from './hooks/layerConstruction.ts'
import { tapOutputs } from './hooks/layerOutputs.ts'
import { noteOutsideCall } from './hooks/outsideCalls.ts'
import { watchPredictions } from './hooks/predictions.ts'
import { isLoading, onModelLoaded } from './hooks/modelLoads.ts'
import { watchTrainingSteps } from './hooks/trainingSteps.ts'
import { watchSetWeights } from './hooks/weightsSet.ts'
import { Monitor } from './monitor.ts'
import { Overrides } from './overrides/overrides.ts'
import { Budget } from './pacing/budget.ts'
import { onFatalError, type FatalError } from './process/fatalErrors.ts'
import { installNodeShims } from './process/nodeShims.ts'
import { surviveHangup } from './process/surviveHangup.ts'
import { versions } from './process/versions.ts'
import { reportEnd } from './reporting/processEnd.ts'
import { currentProgram, type Program } from './reporting/program.ts'
import { RunConnection, type Host } from './reporting/runConnection.ts'
import { constructionSite } from './sites/constructionSite.ts'
import { libraryFile } from './sites/programCode.ts'
import { rootOf } from './tfjs/realm.ts'
import { engine, onEngine, type Engine, type Layer } from './tfjs/tfjs.ts'

/**
 * A process, or thread, that may train a model. Until a layer is constructed it only waits; a process that trains no
 * model never gets a worker or a connection.
 */
export class MonitoredProcess {
  readonly #host: Host
  readonly #graph: LayerGraph
  /**
   * The program as it was started, whatever it changes later. In a thread null: it learns its script after the preload.
   */
  readonly #startedAs: Program | null
  readonly #connection: RunConnection
  /** Null where nothing is overridden. */
  readonly #overrides: Overrides | null
  /** Engines of other realms than Node's own, by their `Object.prototype`. */
  readonly #engines = new WeakMap<object, Engine>()
  /** File of the library's code, as `libraryFile` returns it; undefined until a layer is constructed. */
  #library: string | null | undefined = undefined
  #monitor: Monitor | null = null
  #fatal: FatalError | null = null

  constructor(host: Host) {
    this.#host = host
    this.#startedAs = isMainThread ? currentProgram() : null
    this.#connection = new RunConnection(host, () => this.#program)
    const { overrides = [] } = host.invitation
    this.#overrides = overrides.length > 0 ? new Overrides(overrides) : null
    this.#graph = new LayerGraph(
      host.invitation.measure,
      (layer, width) => this.#overrides?.sourceWidthOf(layer, width) ?? null,
    )
  }

  /** Installs the hooks that wait for TensorFlow.js, for a fatal error and for the end of the process. */
  watch(): void {
    installNodeShims()
    if (this.#host.invitation.orphanAfter === null && !this.#host.inTerminal) surviveHangup()
    this.#watchRealm(Object.prototype)
    onEngine((tfEngine) => this.#guarded(() => this.#engineMade(tfEngine)))
    onFatalError((error) => (this.#fatal = error))
    process.on('exit', (exitCode) => this.#exit(exitCode))
  }

  get #program(): Program {
    return this.#startedAs ?? currentProgram()
  }

  /** Watches the layers and loaded models of a realm. @param root the realm's `Object.prototype` */
  #watchRealm(root: object): void {
    onModelLoaded((model, site) => this.#guarded(() => this.#graph.loaded(model, site)), root)
    onLayerConstructed((layer) => {
      this.#guarded(() => this.#layerConstructed(layer))
      this.#override(layer)
    }, root)
  }

  /** Overrides go on where the monitor is switched off: the training would be another one without them. */
  #override(layer: Layer): void {
    this.#overrides?.constructing(layer, {
      site: () => constructionSite(layer, loadCallSite() === null),
      isLoaded: () => loadCallSite() !== null || (isLoading() && constructionSite(layer, false) === null),
    })
  }

  /** TensorFlow.js makes its engine before any layer, so a realm that is watched from here on misses no layer. */
  #engineMade(tfEngine: Engine): void {
    this.#watchSteps(tfEngine)
    watchLoadCalls()
    const root = rootOf(tfEngine)
    if (root === Object.prototype) return
    if (!this.#engines.has(root)) this.#watchRealm(root)
    this.#engines.set(root, tfEngine)
  }

  #layerConstructed(layer: Layer): void {
    const tfEngine = this.#engines.get(rootOf(layer)) ?? engine()
    if (!tfEngine) return
    this.#watchSteps(tfEngine)
    if (this.#library === undefined) this.#library = libraryFile()
    const load = loadCallSite()
    const site = constructionSite(layer, load === null)
    this.#graph.constructed(layer, site)
    if (load && !site) this.#graph.loaded(layer, load)
    this.#watchOutputs(layer)
    watchPredictions(layer, (model) => this.#outside((uses) => uses.predicted(model)))
    this.#watchEpochs(layer, tfEngine)
    watchSetWeights(layer, (target, weights) => this.#guarded(() => this.#graph.weightsSet(target, weights)))
  }

  #watchSteps(tfEngine: Engine): void {
    watchTrainingSteps(tfEngine, {
      beginStep: (variables) => this.#guarded(() => this.#train(tfEngine).beginStep(variables)),
      recorded: (forward) => (this.#connection.off ? null : this.#monitor?.recorded(forward)) ?? forward,
      endStep: (loss) => {
        // A step that threw has its own error.
        const problem = loss && this.#overrides?.check()
        if (problem) this.#connection.open().event({ type: 'problem', layer: null, ...problem })
        this.#guarded(() => this.#monitor?.endStep(loss))
      },
      saliency: (depth) => this.#guarded(() => this.#monitor?.saliency(depth)),
    })
  }

  #watchOutputs(layer: Layer): void {
    tapOutputs(layer, {
      beforeCall: () => this.#overrides?.settle(),
      active: () => !this.#connection.off && (this.#monitor?.pass ?? null) !== null,
      entered: (...call) => this.#guarded(() => this.#monitor?.entered(...call)),
      left: (called) => this.#guarded(() => this.#monitor?.left(called)),
      output: (called, inputs, output) => this.#guarded(() => this.#monitor?.output(called, inputs, output)),
      outside: (...call) => this.#outside((uses) => noteOutsideCall(uses, this.#library ?? null, ...call)),
    })
  }

  /** Passes on what the program does with layers while neither a training step nor an evaluation is in progress. */
  #outside(part: (uses: OutsideUses) => void): void {
    if (this.#monitor?.isOutside ?? true) this.#guarded(() => part(this.#graph.outside))
  }

  #watchEpochs(layer: Layer, tfEngine: Engine): void {
    watchEpochs(layer, {
      beginEpoch: (...args) => this.#guarded(() => this.#train(tfEngine).beginEpoch(...args)),
      endEpoch: (...args) => this.#guarded(() => this.#monitor?.endEpoch(...args)),
      endFit: (...args) => this.#guarded(() => this.#monitor?.endFit(...args)),
      // In a terminal, an evaluation alone does not make a process one that is monitored.
      evaluation: (change) =>
        this.#guarded(() => (this.#host.inTerminal ? this.#monitor : this.#monitorFor(tfEngine))?.evaluation(change)),
    })
  }

  /**
   * Returns the monitor of a process that trains, and asks for a run. A process without a training step does not ask:
   * it builds or evaluates a model that others train.
   */
  #train(tfEngine: Engine): Monitor {
    const monitor = this.#monitorFor(tfEngine)
    this.#connection.open().join()
    return monitor
  }

  /** Returns the monitor, which is created at the first training step or evaluation. */
  #monitorFor(tfEngine: Engine): Monitor {
    if (!this.#monitor) return this.#createMonitor(tfEngine)
    this.#monitor.use(tfEngine)
    return this.#monitor
  }

  #createMonitor(tfEngine: Engine): Monitor {
    const { delta, budget, rows, measure, overrides, completeWasm = true } = this.#host.invitation
    const { name: backend, warning, unmeasurable } = prepareBackend(tfEngine, completeWasm)
    this.#graph.unmeasurable = unmeasurable
    const channel = this.#connection.open()
    const monitor = new Monitor(tfEngine, this.#graph, channel, new Budget(budget, rows === 'all'), measure)
    this.#monitor = monitor
    const { script, args } = this.#program
    const which = { pid: process.pid, process: { script, args, thread: threadId } }
    channel.event({ type: 'attached', ...which, delta, versions: versions(), backend, measure, overrides })
    if (warning) channel.event({ type: 'problem', layer: null, ...warning })
    return monitor
  }

  #exit(exitCode: number): void {
    this.#guarded(() => this.#monitor?.close())
    try {
      // A program that has caught the error must not pass for one that trained as it was asked to.
      if (this.#monitor?.trained) this.#overrides?.end()
      if (this.#overrides?.failure && exitCode === 0) process.exitCode = exitCode = 1
      reportEnd(
        this.#connection,
        exitCode,
        this.#fatal ?? this.#overrides?.failure ?? null,
        this.#monitor?.trained ?? false,
      )
    } catch {
      // The session sees the process end in any case, and the user's own exit listeners must still be called.
    }
  }

  #guarded(part: () => void): void {
    this.#connection.guarded(part)
  }
}

import { isMainThread, threadId } from 'node:worker_threads'
import { prepareBackend } from './backend/prepareBackend.ts'
import { tasksOf } from './afterFitTasks.ts'
import { FittedModels } from './examples/fittedModels.ts'
import { LayerGraph } from './graph/layerGraph.ts'
import type { OutsideUses } from './graph/outsideUses.ts'
import { loadCallSite, watchLoadCalls } from './hooks/bundledLoads.ts'
import { watchEpochs } from './hooks/fit/epochs.ts'
import { historyIsNotExpected } from './hooks/fit/historyAssignment.ts'
import { watchFitCalls } from './hooks/fit/fitCalls.ts'
import { onLayerConstructed } from './hooks/layerConstruction.ts'
import { tapOutputs } from './hooks/layerOutputs.ts'
import { noteOutsideCall } from './hooks/outside/outsideCalls.ts'
import { watchPredictions } from './hooks/outside/predictions.ts'
import { isLoading, onModelLoaded } from './hooks/modelLoads.ts'
import { watchTrainingSteps } from './hooks/trainingSteps.ts'
import { watchSetWeights } from './hooks/weightsSet.ts'
import { ConstructedLayers } from './learned/constructedLayers.ts'
import { NetworkFolding } from './narrowing/networkFolding.ts'
import { Learning } from './learned/learning.ts'
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
import type { Site } from '../protocol/layer.ts'
import { constructionSite } from './sites/constructionSite.ts'
import { libraryFile } from './sites/programCode.ts'
import { rootOf } from './tfjs/realm.ts'
import { engine, onEngine, type Engine, type Layer } from './tfjs/tfjs.ts'

/** The recipe of a network of which nothing is known. */
const NO_RECIPE = { groups: [], weights: [], consumers: [] }

/** Exit code of the command line where nothing could be started. */
const NOTHING_STARTED = 2

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
  readonly #folding: NetworkFolding
  readonly #learning: Learning
  /** Null where nothing is overridden. */
  readonly #overrides: Overrides | null
  /** Engines of other realms than Node's own, by their `Object.prototype`. */
  readonly #engines = new WeakMap<object, Engine>()
  /** Prototypes of the classes of layers that are watched. */
  readonly #watchedClasses = new WeakSet<object>()
  /** File of the library's code, as `libraryFile` returns it; undefined until a layer is constructed. */
  #library: string | null | undefined = undefined
  /** Null where nothing is done after the training. */
  readonly #fitted: FittedModels | null
  #monitor: Monitor | null = null
  #fatal: FatalError | null = null

  constructor(host: Host) {
    this.#host = host
    this.#startedAs = isMainThread ? currentProgram() : null
    this.#connection = new RunConnection(host, () => this.#program)
    const { overrides = [] } = host.invitation
    this.#overrides = overrides.length > 0 ? new Overrides(overrides, (layer) => this.#graph.neverCalled(layer)) : null
    this.#graph = new LayerGraph(
      host.invitation.measure,
      (layer, width) => this.#overrides?.sourceWidthOf(layer, width) ?? null,
    )
    const layers = new ConstructedLayers()
    const idOf = (layer: Layer) => this.#graph.idOf(layer)
    this.#folding = new NetworkFolding({
      layers,
      idOf,
      recipeOf: (placeOf) => this.#monitor?.recipe(placeOf) ?? NO_RECIPE,
      before: () => (this.#trainsNothing ? this.#learning.learnedBefore : null),
    })
    this.#learning = new Learning(
      host.invitation,
      layers,
      idOf,
      () => this.#folding.known,
      () => this.#connection.open(),
    )
    this.#fitted = this.#fittedModels()
  }

  /** Installs the hooks that wait for TensorFlow.js, for a fatal error and for the end of the process. */
  watch(): void {
    this.#connection.note('node')
    installNodeShims()
    if (this.#host.invitation.orphanAfter === null && !this.#host.inTerminal) surviveHangup()
    this.#watchRealm(Object.prototype)
    onEngine((tfEngine) => this.#guarded(() => this.#engineMade(tfEngine)))
    onFatalError((error) => (this.#fatal = error))
    process.on('exit', (exitCode) => this.#exit(exitCode))
  }

  /** Whether weights of an earlier run are put in, and nothing is trained. */
  get #trainsNothing(): boolean {
    return this.#host.invitation.inherit?.train === false
  }

  get #program(): Program {
    return this.#startedAs ?? currentProgram()
  }

  /** Returns what is done with models after their training; null for nothing, where no examples are held either. */
  #fittedModels(): FittedModels | null {
    const { keep } = this.#learning
    const tasks = tasksOf(this.#host.invitation.task, {
      folding: this.#folding,
      keep: keep && !this.#trainsNothing ? () => this.#monitor && keep(this.#monitor) : null,
      unspentMs: () => this.#monitor?.unspentMs ?? 0,
      report: (event) => this.#connection.open().event(event),
      sites: () => this.#monitor?.sites() ?? [],
    })
    if (tasks.length === 0) return null
    return new FittedModels(tasks, {
      trainsNothing: this.#trainsNothing,
      engineOf: (layer) => this.#engineOf(layer),
      guarded: (part) => this.#guarded(part),
      unspentMs: () => this.#monitor?.unspentMs ?? 0,
      holdsNew: () => tasks.some(({ when }) => when === 'once') || (this.#monitor?.admitsNew ?? true),
      spend: (ms) => this.#monitor?.spend(ms),
      pause: (ms) => this.#monitor?.pause(ms),
    })
  }

  #engineOf(layer: Layer): Engine | undefined {
    return this.#engines.get(rootOf(layer)) ?? engine()
  }

  /** Watches the layers and loaded models of a realm. @param root the realm's `Object.prototype` */
  #watchRealm(root: object): void {
    onModelLoaded((model, site) => this.#guarded(() => this.#loaded(model, site)), root)
    onLayerConstructed((layer, above) => {
      const began = performance.now()
      this.#guarded(() => this.#layerConstructed(layer, above))
      this.#monitor?.spend(performance.now() - began)
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

  #layerConstructed(layer: Layer, above: () => void): void {
    const tfEngine = this.#engineOf(layer)
    if (!tfEngine) return
    this.#watchSteps(tfEngine)
    if (this.#library === undefined) this.#library = libraryFile()
    const load = loadCallSite()
    const original = this.#overrides?.original ?? null
    const site = original ? this.#graph.siteOf(original) : constructionSite(layer, load === null, above)
    const inPass = (this.#monitor?.pass ?? null) !== null
    this.#graph.constructed(layer, site, inPass)
    this.#learning.constructed(layer, site, inPass)
    if (load && !site) this.#loaded(layer, load)
    this.#watchClass(layer, tfEngine)
  }

  /** Watches what layers or models of a class do. Each class is looked at once: a program may construct thousands. */
  #watchClass(layer: Layer, tfEngine: Engine): void {
    const prototype = Object.getPrototypeOf(layer) as object
    if (this.#watchedClasses.has(prototype)) return
    this.#watchedClasses.add(prototype)
    this.#watchOutputs(layer)
    watchPredictions(layer, (model) => this.#outside((uses) => uses.predicted(model)))
    this.#watchEpochs(layer, tfEngine)
    this.#fitted?.watch(layer)
    this.#watchFitCalls(layer, tfEngine)
    watchSetWeights(layer, (target, weights) => this.#guarded(() => this.#graph.weightsSet(target, weights)))
  }

  /** Notes that a model was read from a file. */
  #loaded(model: Layer, site: Site | null): void {
    this.#graph.loaded(model, site)
    this.#learning.loaded(model, site)
  }

  #watchSteps(tfEngine: Engine): void {
    watchTrainingSteps(tfEngine, {
      beginStep: (variables) => {
        historyIsNotExpected()
        this.#guarded(() => void this.#train(tfEngine))
        if (!this.#isPaused) this.#learning.beginStep(tfEngine)
        this.#guarded(() => {
          this.#fitted?.data.beginStep(variables)
          this.#monitor?.beginStep(variables)
        })
      },
      recorded: (forward) => (this.#connection.off ? null : this.#monitor?.recorded(forward)) ?? forward,
      endStep: (loss) => {
        // A step that threw has its own error.
        if (loss && !this.#isPaused) this.#learning.endStep()
        const problem = loss && this.#overrides?.check()
        if (problem) this.#connection.open().event({ type: 'problem', layer: null, ...problem })
        this.#guarded(() => {
          this.#monitor?.endStep(loss)
          this.#fitted?.data.endStep()
        })
      },
      saliency: (depth) => this.#guarded(() => this.#monitor?.saliency(depth)),
    })
  }

  #watchOutputs(layer: Layer): void {
    tapOutputs(layer, {
      beforeCall: (called) => {
        if (this.#isPaused) return
        this.#overrides?.settle()
        this.#learning.called(called)
      },
      active: () => !this.#connection.off && !this.#isPaused && (this.#monitor?.pass ?? null) !== null,
      entered: (called, inputs, kwargs) =>
        this.#guarded(() => {
          this.#monitor?.entered(called, inputs, kwargs)
          this.#fitted?.data.entered(called, inputs)
        }),
      left: (called) =>
        this.#guarded(() => {
          this.#monitor?.left(called)
          this.#fitted?.data.left(called)
        }),
      output: (called, inputs, output) => this.#guarded(() => this.#monitor?.output(called, inputs, output)),
      outside: (...call) => this.#outside((uses) => noteOutsideCall(uses, this.#library ?? null, ...call)),
    })
  }

  /** Passes on what the program does with layers while neither a training step nor an evaluation is in progress. */
  #outside(part: (uses: OutsideUses) => void): void {
    if (!this.#isPaused && (this.#monitor?.isOutside ?? true)) this.#guarded(() => part(this.#graph.outside))
  }

  #watchEpochs(layer: Layer, tfEngine: Engine): void {
    watchEpochs(layer, {
      beginEpoch: (...args) =>
        this.#guarded(() => {
          this.#fitted?.beginEpoch(args[0])
          this.#train(tfEngine).beginEpoch(...args)
        }),
      endEpoch: (model, ...args) =>
        this.#guarded(() => {
          this.#monitor?.endEpoch(model, ...args)
          this.#fitted?.endEpoch(model)
        }),
      endFit: (model) =>
        this.#guarded(() => {
          this.#monitor?.endFit(model)
          this.#learning.endFit(model)
          this.#fitted?.endFit(model)
        }),
      // In a terminal, an evaluation alone does not make a process one that is monitored.
      evaluation: (change) =>
        this.#guarded(() => (this.#host.inTerminal ? this.#monitor : this.#monitorFor(tfEngine))?.evaluation(change)),
    })
  }

  /** Weights and arguments of a training are as they have to be when it begins, monitored or not. */
  #watchFitCalls(layer: Layer, tfEngine: Engine): void {
    if (!this.#learning.inherits && !this.#overrides?.hasFitArguments) return
    watchFitCalls(layer, (_, method, args) => {
      this.#guarded(() => void this.#train(tfEngine))
      this.#learning.begin(tfEngine)
      return this.#overrides && method !== 'trainOnBatch' ? this.#overrides.fitArguments(method, args) : args
    })
  }

  /**
   * Returns the monitor of a process that trains, and asks for a run. A process without a training step does not ask:
   * it builds or evaluates a model that others train.
   */
  #train(tfEngine: Engine): Monitor {
    const monitor = this.#monitorFor(tfEngine)
    this.#connection.note('step')
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
    this.#connection.note('model')
    const { script, args } = this.#program
    const which = { pid: process.pid, process: { script, args, thread: threadId } }
    const trains = this.#trainsNothing ? { trains: false } : {}
    channel.event({ type: 'attached', ...which, delta, versions: versions(), backend, measure, overrides, ...trains })
    if (warning) channel.event({ type: 'problem', layer: null, ...warning })
    return monitor
  }

  #exit(exitCode: number): void {
    this.#guarded(() => this.#monitor?.close())
    const isOver = this.#monitor?.trained === true || (this.#trainsNothing && this.#monitor !== null)
    this.#guarded(() => {
      // Where weights could not be put in, there is no network to do anything with.
      if (isOver && !this.#learning.failure) this.#fitted?.end()
    })
    this.#guarded(() => this.#monitor?.trained && this.#learning.end(this.#monitor))
    try {
      // A program that has caught the error must not pass for one that trained as it was asked to.
      if (this.#monitor?.trained) this.#overrides?.end()
      if (this.#overrides?.failure && exitCode === 0) process.exitCode = exitCode = 1
      // Nothing was trained: as where nothing could be started.
      if (this.#learning.failure) process.exitCode = exitCode = NOTHING_STARTED
      reportEnd(
        this.#connection,
        exitCode,
        this.#learning.failure ?? this.#fatal ?? this.#overrides?.failure ?? null,
        this.#monitor?.trained ?? false,
      )
    } catch {
      // The session sees the process end in any case, and the user's own exit listeners must still be called.
    }
  }

  /** Whether a pass of our own is in progress, which is not the program's. */
  get #isPaused(): boolean {
    return this.#fitted?.isPaused ?? false
  }

  #guarded(part: () => void): void {
    if (!this.#isPaused) this.#connection.guarded(part)
  }
}

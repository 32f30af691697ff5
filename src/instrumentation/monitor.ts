import type { WeightPlace } from '../folding/deriveRecipe.ts'
import type { Recipe } from '../folding/recipe.ts'
import type { Split } from '../protocol/measurement.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../protocol/measureOptions.ts'
import type { LayerGraph } from './graph/layerGraph.ts'
import type { MeasuredSite } from './graph/nodes/measuredSite.ts'
import { ActiveFits } from './hooks/fit/activeFits.ts'
import type { StepTrace } from './graph/stepTrace.ts'
import { TracedWidths } from './graph/tracedWidths.ts'
import type { EpochListener } from './hooks/fit/epochs.ts'
import type { StepListener } from './hooks/trainingSteps.ts'
import type { Budget } from './pacing/budget.ts'
import type { Channel } from './reporting/channel.ts'
import { ProblemReporter } from './reporting/problemReporter.ts'
import { noLayer, passedOver, unknownLines } from './reporting/problems.ts'
import { ProgressReporter } from './reporting/progressReporter.ts'
import { PassedOver } from './reporting/passedOver.ts'
import { UnmatchedPatterns } from './reporting/unmatchedPatterns.ts'
import { LayerWindows } from './sampling/layerWindows.ts'
import type { Engine, Layer, Tensor } from './tfjs/tfjs.ts'

/**
 * Time that a run may spend on its layers before the budget counts, ms. The first layers of a program are looked at
 * whatever that costs.
 */
const UNBUDGETED_MS = 500
/** Layers that are looked at whatever that costs: on a busy machine the first model alone may take longer than that. */
const UNBUDGETED_LAYERS = 100

/**
 * The monitor on the training thread. It learns of steps, epochs, evaluations and layers' outputs, and passes them on:
 * to the windows, which measure outputs, and to the progress reporter. It times everything it does; that time in
 * relation to training time is the overhead that a person is shown.
 */
export class Monitor implements StepListener, EpochListener {
  readonly #graph: LayerGraph
  readonly #budget: Budget
  readonly #unmatched: UnmatchedPatterns
  readonly #fits = new ActiveFits()
  readonly #problems: ProblemReporter
  readonly #progress: ProgressReporter
  readonly #windows: LayerWindows
  readonly #widths: TracedWidths
  /** What the present training step does; null where it is not recorded. */
  #trace: StepTrace | null = null
  /** The engine that trains now. */
  #engine: Engine
  /** Training steps in progress; they nest. */
  #stepDepth = 0
  /** Batches being evaluated; they nest. */
  #evaluationDepth = 0
  /** Differentiations with respect to plain tensors in progress; they nest. */
  #saliencyDepth = 0
  /** Whether a layer was called in the present training step. */
  #layerCalled = false
  /** Whether layers that are not known are looked at in the present pass. */
  #admitsNew = true
  /** Layers that there was no time to look at so far. */
  readonly #passedOver = new PassedOver()

  constructor(
    engine: Engine,
    graph: LayerGraph,
    channel: Channel,
    budget: Budget,
    options: MeasureOptions = DEFAULT_OPTIONS,
  ) {
    this.#engine = engine
    this.#graph = graph
    this.#budget = budget
    this.#unmatched = new UnmatchedPatterns(channel, options)
    this.#widths = new TracedWidths(
      (id) => graph.factsOf(id),
      (ids) => this.#forget(ids),
    )
    this.#problems = new ProblemReporter(channel)
    this.#progress = new ProgressReporter(channel, this.#fits, budget)
    this.#windows = new LayerWindows(engine, { channel, budget, options, fits: this.#fits, problems: this.#problems })
  }

  /** Another engine trains from now on: a test runner gives each file its own. */
  use(engine: Engine): void {
    if (engine === this.#engine) return
    this.#engine = engine
    this.#windows.use(engine)
  }

  /** The pass in progress that is to be measured; null in any other (prediction, saliency, building). */
  get pass(): Split | null {
    if (this.#saliencyDepth > 0) return null
    return this.#stepDepth > 0 ? 'train' : this.#evaluationDepth > 0 ? 'eval' : null
  }

  /** Whether neither a training step nor an evaluation is in progress. */
  get isOutside(): boolean {
    return this.#stepDepth === 0 && this.#evaluationDepth === 0
  }

  /** Whether there has been a training step. */
  get trained(): boolean {
    return this.#progress.step > 0
  }

  /** Training steps so far. */
  get step(): number {
    return this.#progress.step
  }

  /** How the weights of the network take part in its widths. @param placeOf by tensor id; null for no layer's weight */
  recipe(placeOf: (tensor: number) => WeightPlace | null): Recipe {
    return this.#widths.recipe(placeOf)
  }

  /** Milliseconds that the monitor may take of the training thread now, within its share of the time so far. */
  get unspentMs(): number {
    const { monitorMs } = this.#progress
    return this.#budget.limit * this.#progress.trainingMs - monitorMs
  }

  /**
   * Whether there is time to look at new layers. A search over thousands of models would otherwise spend it without
   * end. What is passed over now is looked at as soon as there is time, if it still lives.
   */
  get admitsNew(): boolean {
    return this.#budget.isUnlimited || this.#graph.count < UNBUDGETED_LAYERS || this.unspentMs > -UNBUDGETED_MS
  }

  /** Counts time that was spent outside of this class among that of monitoring. */
  spend(ms: number): void {
    this.#progress.monitorMs += ms
  }

  /** Counts time of what a person has asked for: it is neither training nor monitoring. */
  pause(ms: number): void {
    this.#progress.pausedMs += ms
  }

  /** The places where layers are measured, in the order of the forward pass. */
  sites(): MeasuredSite[] {
    this.#reportLayers()
    return this.#graph.sites(this.#graph.describe((id) => this.#widths.widthOf(id)))
  }

  beginStep(variables: readonly unknown[]): void {
    this.#progress.start()
    if (this.#stepDepth++ > 0) return
    const began = performance.now()
    this.#layerCalled = false
    this.#admitsNew = this.admitsNew
    this.#fits.beginStep(variables)
    this.#windows.beginStep()
    const trained = new Set(variables)
    this.#graph.beginPass(trained)
    this.#trace = this.#widths.beginStep(this.#engine, trained, this.#admitsNew)
    this.#progress.monitorMs += performance.now() - began
  }

  /** Returns the step's forward pass, which is recorded where its operations are not known yet. */
  recorded(forward: () => Tensor): () => Tensor {
    const trace = this.#trace
    return trace && this.#stepDepth === 1 ? () => trace.during(forward) : forward
  }

  saliency(depth: number): void {
    this.#saliencyDepth = depth
    this.#trace?.ignore(depth > 0)
  }

  /** A layer's call begins in the present pass. */
  entered(layer: Layer, inputs: unknown, kwargs: unknown): void {
    this.#trace?.enter(layer, inputs, kwargs)
  }

  /** A layer's call has ended. */
  left(layer: Layer): void {
    this.#trace?.leave(layer)
  }

  /** A layer has turned inputs into output in the present pass. */
  output(layer: Layer, inputs: Tensor[], output: Tensor): void {
    const { pass } = this
    if (!pass) return
    this.#layerCalled = true
    if (!this.#admitsNew && !this.#graph.knows(layer)) return this.#passOver(layer)
    const began = performance.now()
    this.#passedOver.delete(layer)
    const node = this.#graph.called(layer, inputs, output, pass)
    if (pass === 'train') this.#widths.called(node.info.id, layer, output)
    this.#trace?.ignore(true)
    const measured = this.#graph.measuredFor(node)
    const whose = measured === node ? layer : measured?.layer.deref()
    if (measured && whose) this.#windows.add(measured, whose, inputs, output, pass, this.#progress.step)
    this.#trace?.ignore(false)
    this.#progress.monitorMs += performance.now() - began
  }

  endStep(loss: Tensor | null): void {
    const began = performance.now()
    if (--this.#stepDepth > 0) return
    this.#progress.monitorMs += this.#trace?.spentMs ?? 0
    const trace = this.#trace
    this.#trace = null
    this.#widths.endStep(loss)
    if (!loss) return
    if (trace) this.#graph.nameCalledDirectly(trace.trained)
    this.#windows.endStep()
    const step = ++this.#progress.step
    this.#fits.endStep()
    this.#graph.endPass()
    if (!this.#layerCalled) this.#problems.reportOnce('no layer', () => noLayer(step))
    this.#reportLayers()
    const now = this.#progress.elapsed()
    this.#progress.reportStepIfDue(loss, now)
    const reporting = performance.now()
    this.#windows.reportNext(step, now)
    const ended = performance.now()
    this.#windows.measuringMs += ended - reporting
    this.#progress.monitorMs += ended - began
    this.#budget.step(ended, this.#windows.measuringMs, this.#windows.reservedMs)
    this.#progress.reportOverheadIfDue(now)
  }

  beginEpoch(model: Layer, epoch: number, epochs: number | null, steps: number | null, validates: boolean): void {
    this.#fits.beginEpoch(model, epoch, epochs, steps, validates)
  }

  endEpoch(model: Layer, epoch: number, metrics: Record<string, number | null>): void {
    const began = performance.now()
    const last = epoch + 1 === this.#fits.of(model)?.epochs
    // Whoever asks for every row wants the numbers of each epoch itself.
    const every = this.#budget.sampling.rowsPerFeature === null
    const reported = this.#progress.reportEpochIfDue(epoch, metrics, every)
    if (reported) this.#windows.endEpoch(this.#progress.step, epoch, this.#progress.elapsed(), last, every)
    else this.#windows.skipEpoch()
    this.#progress.monitorMs += performance.now() - began
    if (reported) this.#progress.reportOverheadIfDue(this.#progress.elapsed())
  }

  endFit(model: Layer): void {
    this.#fits.end(model)
  }

  evaluation(change: 1 | -1): void {
    if (change === 1 && this.isOutside) {
      this.#admitsNew = this.admitsNew
      this.#graph.beginEvaluation()
    }
    this.#evaluationDepth += change
  }

  /** Reports the contents of all windows at the end of the process. */
  close(): void {
    if (!this.trained && !this.#windows.hasEvaluated) return
    this.#graph.outside.settle()
    this.#reportLayers()
    this.#progress.reportLastEpoch()
    this.#progress.reportStep()
    this.#problems.reportOnce('passed over', () => passedOver(this.#passedOver))
    this.#windows.endRun(this.#progress.step, this.#progress.elapsed())
    this.#progress.reportOverhead()
  }

  #passOver(layer: Layer): void {
    this.#passedOver.add(layer)
    this.#graph.passOver(layer)
  }

  #reportLayers(): void {
    if (!this.#graph.changed && !this.#widths.changed) return
    const layers = this.#graph.takeChanged((changed) => ({
      changed: this.#widths.update(changed),
      of: (id) => this.#widths.widthOf(id),
    }))
    if (layers.length > 0) this.#progress.reportLayers(layers, this.#widths.flops)
    this.#unmatched.report(layers)
    this.#problems.reportOnce('unknown lines', () => unknownLines(layers))
    // A search over many models would otherwise accumulate the covariances of all.
    const gone = this.#graph.takeDisposed((id) => this.#widths.needs(id))
    for (const id of gone) {
      this.#windows.closeLayer(id, this.#progress.step, this.#progress.elapsed())
      if (!this.#widths.needs(id)) this.#widths.forget(id)
    }
  }

  /** Forgets layers of a model whose axes are no longer kept, as far as they are gone. */
  #forget(ids: Iterable<string>): void {
    for (const id of this.#graph.forget(ids)) this.#widths.forget(id)
  }
}

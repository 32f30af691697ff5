import type { Split } from '../../protocol/measurement.ts'
import type { MeasureOptions } from '../../protocol/measureOptions.ts'
import { OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { MAX_SKETCHED_WIDTH } from '../../saturation/sketch/sketch.ts'
import type { LayerNode } from '../graph/nodes/layerNode.ts'
import type { ActiveFits } from '../hooks/fit/activeFits.ts'
import type { Budget } from '../pacing/budget.ts'
import { Schedule } from '../pacing/schedule.ts'
import type { Channel } from '../reporting/channel.ts'
import type { ProblemReporter } from '../reporting/problemReporter.ts'
import { notFinite, tooWide } from '../reporting/problems.ts'
import type { Engine, Layer, Tensor } from '../tfjs/tfjs.ts'
import { PortableSummer, type Summer } from './batchSums.ts'
import { Features } from './features.ts'
import { NativeSummer } from './nativeBatchSums.ts'
import { rowsOf } from './rowSampling.ts'
import { TrainedExamples } from './independence/trainedExamples.ts'
import { Window } from './window.ts'

/**
 * Observations that every layer gives whatever the budget says, unless fewer are enough to judge it. A layer that is
 * wider than this number gives as many as cost the same: each takes width² operations, and a long wait would have to
 * make up for them.
 */
const UNBUDGETED_OBSERVATIONS = 512

/**
 * Fractional part of the golden ratio. Its multiples modulo 1 are spread evenly over [0, 1), however many there are.
 */
const GOLDEN_FRACTION = 0.618034

/** What windows depend on beside the engine. */
interface Context {
  channel: Channel
  budget: Budget
  options: MeasureOptions
  fits: ActiveFits
  problems: ProblemReporter
}

/** The windows of all layers, one per layer and split: decides which layer is measured when, and reports windows. */
export class LayerWindows {
  /** Time spent on windows, ms. It is the part of the monitor's time that the budget controls. */
  measuringMs = 0
  readonly #budget: Budget
  readonly #options: MeasureOptions
  readonly #fits: ActiveFits
  readonly #problems: ProblemReporter
  readonly #schedule: Schedule
  readonly #windows: Record<Split, Map<string, Window>> = { train: new Map(), eval: new Map() }
  readonly #examples: TrainedExamples
  /** Ids of layers that have had enough observations to be judged, and of those that have not. */
  readonly #judged = new Set<string>()
  readonly #unjudged = new Set<string>()
  #engine: Engine
  #features: Features
  #summer: Summer

  constructor(engine: Engine, { channel, budget, options, fits, problems }: Context) {
    this.#budget = budget
    this.#options = options
    this.#fits = fits
    this.#problems = problems
    this.#schedule = new Schedule(channel, budget.limit)
    this.#examples = new TrainedExamples(budget.limit)
    this.#engine = engine
    this.#features = new Features(engine, options)
    this.#summer = summerOf(engine)
  }

  /** Measures with another engine from now on. */
  use(engine: Engine): void {
    this.#engine = engine
    this.#features = new Features(engine, this.#options)
    this.#summer = summerOf(engine)
  }

  /** Whether an evaluated layer has a window. */
  get hasEvaluated(): boolean {
    return this.#windows.eval.size > 0
  }

  /**
   * The part of the cost of ending the epoch's windows that belongs to the steps so far, ms. The budget reserves it:
   * the cost comes all at once, at the end of the epoch.
   */
  get reservedMs(): number {
    const steps = this.#stepsOfWindow
    return steps ? this.#schedule.closingMs * Math.min(1, (this.#fits.shown?.done ?? 0) / steps) : 0
  }

  /** A training step begins. */
  beginStep(): void {
    this.#examples.beginStep(this.#engine, performance.now())
  }

  /** A training step has ended. */
  endStep(): void {
    this.#examples.endStep()
  }

  /**
   * Measures a layer's output, if it is the layer's turn.
   * @param step from 0
   */
  add(node: LayerNode, layer: Layer, inputs: Tensor[], output: Tensor, split: Split, step: number): void {
    if (node.restart !== 'none') this.#restart(node)
    const before = this.#examples.spentMs
    if (split === 'train') this.#examples.called(this.#engine, inputs, output)
    this.measuringMs += this.#examples.spentMs - before
    const { id, notMeasured, width } = node.info
    const included = this.#budget.includes(node.turn++, this.#strideOf(split, id), split)
    if (!node.measuredNow || notMeasured || !width) return
    const examples = output.shape[0] ?? 1
    if (!included && !this.#isUnbudgeted(split, id, width)) return this.#windows[split].get(id)?.skip(examples)
    const began = performance.now()
    this.#features.from(layer, inputs, output, (features) => this.#sample(split, id, features, step, examples))
    this.measuringMs += performance.now() - began
  }

  /**
   * Sends the filling window that has waited longest for a report, if one is due. Without epochs, ends a window that is
   * long enough.
   * @param now ms since the run began
   */
  reportNext(step: number, now: number): void {
    const epoch = this.#fits.shown?.epoch ?? null
    if (epoch === null && this.#options.window === 'epoch') this.#schedule.endNext(this.#windows, step, now)
    this.#schedule.reportNext(this.#windows, step, epoch, now)
  }

  /** Continues all windows over the end of an epoch that is not reported. */
  skipEpoch(): void {
    this.#schedule.skipEpoch(this.#windows)
  }

  /**
   * Reports the windows at the end of an epoch.
   * @param now ms since the run began
   * @param last whether it is the last epoch
   * @param every whether every window ends, also those with too few observations to judge the layer
   */
  endEpoch(step: number, epoch: number, now: number, last: boolean, every: boolean): void {
    const ending = this.#options.window !== 'epoch' ? 'none' : every ? 'every' : 'full'
    const reserved = this.reservedMs
    this.#schedule.closeAll(this.#windows, step, epoch, now, last, ending)
    // Cost that was not reserved, as in the first epoch, is not counted. The budget would make up for it at the start
    // of the next windows, which would then lack their beginning.
    this.measuringMs += Math.min(reserved, this.#schedule.closingMs)
  }

  /** Reports all windows at the end of the run. @param now ms since the run began */
  endRun(step: number, now: number): void {
    this.#schedule.closeAll(this.#windows, step, this.#fits.shown?.epoch ?? null, now, true, 'run')
  }

  /** Reports and frees the windows of a layer that was disposed of. @param now ms since the run began */
  closeLayer(id: string, step: number, now: number): void {
    this.#schedule.closeLayer(id, this.#windows, step, now)
    this.#judged.delete(id)
    this.#unjudged.delete(id)
  }

  /** Number of steps of which one is measured. */
  #strideOf(split: Split, id: string): number {
    const window = this.#windows[split].get(id)
    if (!window) return 1
    return this.#budget.stride(window.accumulator.width, window.rowsPerOutput, this.#stepsOfWindow, window.needed)
  }

  /**
   * Whether a layer has given so few observations that it is measured whatever the budget says; otherwise a short run
   * would show nothing of it. The budget makes up for the cost afterwards.
   */
  #isUnbudgeted(split: Split, id: string, width: number): boolean {
    const total = this.#windows[split].get(id)?.total ?? 0
    const unbudgeted = UNBUDGETED_OBSERVATIONS * Math.min(1, (UNBUDGETED_OBSERVATIONS / width) ** 2)
    return total < Math.min(OBSERVATIONS_PER_FEATURE * width, unbudgeted)
  }

  #sample(split: Split, id: string, features: Tensor, step: number, examples: number): void {
    const width = features.shape.at(-1) ?? 1
    if (width > MAX_SKETCHED_WIDTH) return this.#problems.reportOnce(`too wide ${id}`, () => tooWide(id, width))
    const window = this.#window(split, id, width)
    // Flattened positions of images of another size are other features.
    if (window.accumulator.width !== width) return
    const rows = rowsOf(features.shape)
    window.add(features, this.#budget.rows(width, rows, this.#stepsOfWindow, window.needed), step, examples)
    if (split === 'train') this.#noteSufficiency(id, window)
  }

  /** Whether a layer has not been judged yet decides how much the budget may take. */
  #noteSufficiency(id: string, window: Window): void {
    if (this.#judged.has(id)) return
    if (window.count >= window.needed) {
      this.#judged.add(id)
      this.#unjudged.delete(id)
    } else this.#unjudged.add(id)
    this.#budget.isShort = this.#unjudged.size > 0
  }

  /** Training steps of the present window; null where it is unknown, or the window does not end with the epoch. */
  get #stepsOfWindow(): number | null {
    return this.#options.window === 'epoch' ? (this.#fits.shown?.steps ?? null) : null
  }

  #restart(node: LayerNode): void {
    if (node.restart === 'both') this.#windows.eval.delete(node.info.id)
    this.#windows.train.delete(node.info.id)
    node.restart = 'none'
  }

  #window(split: Split, id: string, width: number): Window {
    const windows = this.#windows[split]
    let window = windows.get(id)
    if (!window) {
      const stagger = 1 - ((windows.size * GOLDEN_FRACTION) % 1)
      window = new Window(
        width,
        this.#summer,
        (at) => this.#problems.reportOnce(`not finite ${id}`, () => notFinite(id, at + 1)),
        this.#options,
        stagger,
        this.#examples.log,
      )
      windows.set(id, window)
    }
    return window
  }
}

/** Sums on an engine: by its native library where it has one. */
export function summerOf(engine: Engine): Summer {
  const { backend } = engine
  return backend.binding && backend.getInputTensorIds
    ? new NativeSummer(backend as Required<typeof backend>)
    : new PortableSummer(engine)
}

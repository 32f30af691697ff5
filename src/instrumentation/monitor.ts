import type { EventBody, Split } from '../protocol/events.ts'
import { WIDEST_SKETCHED } from '../saturation/sketch/sketch.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../protocol/measureOptions.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'
import type { Budget } from './pacing/budget.ts'
import type { Catalogue, Entry } from './graph/layerGraph.ts'
import type { Channel } from './reporting/channel.ts'
import type { EpochListener } from './hooks/epochs.ts'
import { Features } from './sampling/features.ts'
import { Fits } from './hooks/activeFits.ts'
import { PortableSummer, rowsOf, type Summer } from './sampling/batchSums.ts'
import { LogSpaced } from './pacing/logarithmicClock.ts'
import { NativeSummer } from './sampling/nativeBatchSums.ts'
import { noLayer, noMatch, notFinite, tooWide, unknownLines, type Problem } from './reporting/problems.ts'
import { Schedule } from './pacing/schedule.ts'
import type { Engine, Layer, Tensor } from './tfjs/tfjs.ts'
import type { StepListener } from './hooks/trainingSteps.ts'
import { Window } from './sampling/window.ts'

/** Fewest milliseconds between two events of a kind, and how many there are while the run grows longer by a factor of e. */
const STEP_EVENTS = [100, 20_000] as const
const OVERHEAD_EVENTS = [1000, 2000] as const
/** The same of epochs, of which the first are told however short they are: a program may call `fit` for every step. */
const EPOCH_EVENTS = [100, 2000, 500] as const

/**
 * Observations that every layer gives whatever the budget says, where as many are needed to judge it. Of layers wider than
 * this as many as cost the same: each takes width² operations, and a long wait would have to pay for them.
 */
const FIRST_OBSERVATIONS = 512

/** Which pass is running now; null when nobody should look (prediction, saliency, building). */
type Pass = Split | null

/**
 * The monitor on the training thread: keeps a covariance window per layer and split, and hands windows to the worker.
 * Everything it does is timed; that time over training time is the overhead a person is shown.
 */
export class Monitor implements StepListener, EpochListener {
  readonly #catalogue: Catalogue
  readonly #channel: Channel
  /** Of the engine that trains now. */
  #engine: Engine
  #summer: Summer
  readonly #budget: Budget
  readonly #options: MeasureOptions
  #features: Features
  readonly #schedule: Schedule
  readonly #windows: Record<Split, Map<string, Window>> = { train: new Map(), eval: new Map() }
  readonly #told = new Set<string>()
  #inStep = 0
  #evaluating = 0
  #differentiating = 0
  /** Whether a layer was called in the present training step. */
  #layers = false
  #step = 0
  #toldStep = 0
  #loss: number | null = null
  readonly #fits = new Fits()
  #startedAt: number | null = null
  #monitorMs = 0
  /** The part of it that is spent on windows: what the budget can decide about. */
  #measuringMs = 0
  readonly #stepEvents = new LogSpaced(...STEP_EVENTS)
  readonly #overheadEvents = new LogSpaced(...OVERHEAD_EVENTS)
  readonly #epochEvents = new LogSpaced(...EPOCH_EVENTS)
  /** The latest epoch, where it was too short to tell of. */
  #untold: EventBody | null = null

  constructor(
    engine: Engine,
    catalogue: Catalogue,
    channel: Channel,
    budget: Budget,
    options: MeasureOptions = DEFAULT_OPTIONS,
  ) {
    this.#options = options
    this.#engine = engine
    this.#features = new Features(engine, options)
    this.#summer = summerOf(engine)
    this.#catalogue = catalogue
    this.#channel = channel
    this.#budget = budget
    this.#schedule = new Schedule(channel, budget.limit)
  }

  /** Another engine trains from now on: a test runner gives each file its own. */
  use(engine: Engine): void {
    if (engine === this.#engine) return
    this.#engine = engine
    this.#features = new Features(engine, this.#options)
    this.#summer = summerOf(engine)
  }

  get pass(): Pass {
    if (this.#differentiating > 0) return null
    return this.#inStep > 0 ? 'train' : this.#evaluating > 0 ? 'eval' : null
  }

  /** Whether there has been a training step. */
  get trained(): boolean {
    return this.#step > 0
  }

  beginStep(variables: readonly unknown[]): void {
    this.#startedAt ??= performance.now()
    if (this.#inStep++ > 0) return
    this.#layers = false
    this.#fits.beginStep(variables)
    this.#catalogue.beginPass(new Set(variables))
  }

  saliency(depth: number): void {
    this.#differentiating = depth
  }

  /** A layer has turned inputs into output in the present pass. */
  output(layer: Layer, inputs: Tensor[], output: Tensor): void {
    const pass = this.pass
    if (!pass) return
    const began = performance.now()
    this.#layers = true
    const entry = this.#catalogue.called(layer, inputs, output, pass)
    if (entry.restart) this.#restart(entry)
    const { notMeasured, width } = entry.info
    const included = this.#budget.includes(entry.turn++, this.#strideOf(pass, entry.info.id), pass)
    if (entry.taken && !notMeasured && width && (included || this.#isNew(pass, entry.info.id, width))) {
      const measuring = performance.now()
      this.#features.from(layer, inputs, output, (features) => this.#take(pass, entry.info.id, features))
      this.#measuringMs += performance.now() - measuring
    }
    this.#monitorMs += performance.now() - began
  }

  /** Every how many steps a layer is measured. */
  #strideOf(pass: Split, id: string): number {
    const window = this.#windows[pass].get(id)
    return window ? this.#budget.stride(window.covariance.width, window.rowsAtOnce, this.#stepsOfWindow) : 1
  }

  /**
   * Whether a layer has hardly been seen: it does not wait for the budget, or a short run would show nothing of it. What
   * that costs is waited for afterwards.
   */
  #isNew(pass: Split, id: string, width: number): boolean {
    const total = this.#windows[pass].get(id)?.total ?? 0
    const first = FIRST_OBSERVATIONS * Math.min(1, (FIRST_OBSERVATIONS / width) ** 2)
    return total < Math.min(OBSERVATIONS_PER_FEATURE * width, first)
  }

  #take(pass: Split, id: string, features: Tensor): void {
    const width = features.shape.at(-1) ?? 1
    if (width > WIDEST_SKETCHED) return this.#once(`too wide ${id}`, () => tooWide(id, width))
    const window = this.#window(pass, id, width)
    // Flattened positions of images of another size are other features.
    if (window.covariance.width !== width) return
    window.add(features, this.#budget.rows(width, rowsOf(features.shape), this.#stepsOfWindow), this.#step)
  }

  /** Steps until the present window is reset; null where that is not known, or it is not. */
  get #stepsOfWindow(): number | null {
    return this.#options.window === 'epoch' ? (this.#fits.shown?.steps ?? null) : null
  }

  /** The part of the coming end of the epoch's windows that belongs to its steps so far, ms. */
  get #owed(): number {
    const steps = this.#stepsOfWindow
    return steps ? this.#schedule.closingMs * Math.min(1, (this.#fits.shown?.done ?? 0) / steps) : 0
  }

  #restart(entry: Entry): void {
    entry.restart = false
    this.#windows.train.delete(entry.info.id)
  }

  #window(pass: Split, id: string, width: number): Window {
    const windows = this.#windows[pass]
    let window = windows.get(id)
    if (!window) {
      // Multiples of the golden ratio are spread evenly over (0, 1], however many there are.
      const stagger = 1 - ((windows.size * 0.618034) % 1)
      window = new Window(
        width,
        this.#summer,
        (at) => this.#once(`not finite ${id}`, () => notFinite(id, at + 1)),
        this.#options,
        stagger,
      )
      windows.set(id, window)
    }
    return window
  }

  /** Tells of a problem, and of each but once. */
  #once(which: string, problem: () => Problem | null): void {
    const told = this.#told.has(which) ? null : problem()
    if (!told) return
    this.#told.add(which)
    this.#channel.event(told)
  }

  endStep(loss: Tensor | null): void {
    const began = performance.now()
    if (--this.#inStep > 0 || !loss) return
    this.#step++
    this.#fits.endStep()
    this.#catalogue.endPass()
    if (!this.#layers) this.#once('no layer', () => noLayer(this.#step))
    this.#tellLayers()
    const now = this.#elapsed()
    if (this.#stepEvents.due(now)) {
      this.#stepEvents.done(now)
      const value = loss.dataSync()[0]
      this.#loss = value !== undefined && Number.isFinite(value) ? value : null
      this.#stepEvent()
    }
    const offering = performance.now()
    this.#schedule.offerNext(this.#windows, this.#step, this.#fits.shown?.epoch ?? null, now)
    const ended = performance.now()
    this.#measuringMs += ended - offering
    this.#monitorMs += ended - began
    this.#budget.step(ended, this.#measuringMs, this.#owed)
    if (this.#overheadEvents.due(now)) {
      this.#overheadEvents.done(now)
      this.#overheadEvent()
    }
  }

  beginEpoch(model: Layer, epoch: number, epochs: number | null, steps: number | null): void {
    this.#fits.beginEpoch(model, epoch, epochs, steps)
  }

  endEpoch(model: Layer, epoch: number, metrics: Record<string, number | null>): void {
    const began = performance.now()
    const fit = this.#fits.of(model)
    const event: EventBody = { type: 'epoch', epoch, step: this.#step, metrics }
    // Whoever asks for every row is after the epoch itself, not after a verdict.
    const whole = this.#budget.sampling.rowsPerFeature === null
    if (!whole && !this.#epochEvents.due(this.#elapsed())) {
      this.#untold = event
      this.#schedule.passOver(this.#windows)
      this.#monitorMs += performance.now() - began
      return
    }
    this.#epochEvents.done(this.#elapsed())
    this.#untold = null
    this.#stepEvent()
    this.#channel.event(event)
    const last = epoch + 1 === fit?.epochs
    const ending = this.#options.window !== 'epoch' ? 'none' : whole ? 'every' : 'full'
    const owed = this.#owed
    this.#schedule.closeAll(this.#windows, this.#step, epoch, this.#elapsed(), last, ending)
    // What could not be kept back, as in the first epoch, is not waited for: the next windows would lack their beginning.
    this.#measuringMs += Math.min(owed, this.#schedule.closingMs)
    this.#monitorMs += performance.now() - began
    this.#overheadEvent()
  }

  endFit(model: Layer): void {
    this.#fits.end(model)
  }

  evaluation(change: 1 | -1): void {
    this.#evaluating += change
  }

  /** Hands over what the present windows hold, for the end of the process. */
  close(): void {
    if (this.#step === 0 && this.#windows.eval.size === 0) return
    this.#tellLayers()
    if (this.#untold) this.#channel.event(this.#untold)
    this.#stepEvent()
    this.#schedule.closeAll(this.#windows, this.#step, this.#fits.shown?.epoch ?? null, this.#elapsed(), true, 'run')
    this.#overheadEvent()
  }

  #tellLayers(): void {
    if (!this.#catalogue.changed) return
    const layers = this.#catalogue.describe()
    this.#channel.event({ type: 'model', layers: this.#catalogue.news(layers), partial: true })
    this.#once('no match', () => noMatch(this.#options, layers))
    this.#once('unknown lines', () => unknownLines(layers))
    // A search over many models would pile up the covariances of all.
    for (const id of this.#catalogue.gone()) this.#schedule.closeFor(id, this.#windows, this.#step, this.#elapsed())
  }

  #stepEvent(): void {
    // Once a step: at the process's end the epoch that it was in is no longer known.
    if (this.#step === this.#toldStep) return
    this.#toldStep = this.#step
    const e = this.#fits.shown
    this.#channel.event({
      type: 'step',
      step: this.#step,
      epoch: e?.epoch ?? null,
      epochs: e?.epochs ?? null,
      stepInEpoch: e?.done ?? null,
      stepsPerEpoch: e?.steps ?? null,
      loss: this.#loss,
    })
  }

  /** Milliseconds since the first training step began. */
  #elapsed(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#startedAt
  }

  #overheadEvent(): void {
    if (this.#startedAt === null) return
    const monitorMs = this.#monitorMs
    const trainingMs = performance.now() - this.#startedAt - monitorMs
    if (trainingMs <= 0) return
    const { sampling } = this.#budget
    this.#channel.event({ type: 'overhead', share: monitorMs / trainingMs, monitorMs, trainingMs, sampling })
  }
}

function summerOf(engine: Engine): Summer {
  const { backend } = engine
  return backend.binding && backend.getInputTensorIds
    ? new NativeSummer(backend as Required<typeof backend>)
    : new PortableSummer(engine)
}

import type { Invitation } from '../../protocol/handshake.ts'
import type { Site } from '../../protocol/layer.ts'
import { watchBuilt } from '../hooks/layersBuilt.ts'
import type { Channel } from '../reporting/channel.ts'
import type { Engine, Layer } from '../tfjs/tfjs.ts'
import type { ConstructedLayers } from './constructedLayers.ts'
import type { InheritError } from './inheritError.ts'
import type { Learned } from '../../folding/learned.ts'
import { InheritedWeights } from './inheritedWeights.ts'
import { saveModel } from './savedModel.ts'
import { WeightKeeper, type Folding } from './weightKeeper.ts'

/** The run's monitor, as far as it counts steps. */
interface Clock {
  readonly step: number
}

/** What a run has from an earlier one, and what it leaves for a later one. */
export class Learning {
  readonly #layers: ConstructedLayers
  readonly #open: () => Channel
  readonly #inherited: InheritedWeights | null
  readonly #keeper: WeightKeeper | null
  /** Absolute path of the folder that gets the trained model; null where it is not asked for. */
  readonly #saveTo: string | null
  #isSaved = false
  /** Whether there may be layers that have not inherited yet. */
  #hasNewLayers = false
  /** The layer that was called last, which is the one that is being built if any is. */
  #called: Layer | null = null
  /** The engine of the training step in progress; null between steps. */
  #stepping: Engine | null = null

  /**
   * @param layers all layers of the program
   * @param idOf a layer's id in the run; null for one that has no part in it
   * @param foldingOf what is known of how the network's weights can be folded
   * @param open returns the channel to report through
   */
  constructor(
    { inherit, keepWeights = 0, saveModel: saveTo }: Pick<Invitation, 'inherit' | 'keepWeights' | 'saveModel'>,
    layers: ConstructedLayers,
    idOf: (layer: Layer) => string | null,
    foldingOf: () => Folding,
    open: () => Channel,
  ) {
    this.#open = open
    this.#layers = layers
    this.#inherited = inherit ? new InheritedWeights(inherit, this.#layers) : null
    this.#keeper = keepWeights > 0 ? new WeightKeeper(this.#layers, keepWeights, idOf, foldingOf) : null
    this.#saveTo = saveTo ?? null
  }

  /** Whether layers are to get the weights of an earlier run. */
  get inherits(): boolean {
    return this.#inherited !== null
  }

  /** What the earlier run has learned; null where no weights are inherited, or not yet. */
  get learnedBefore(): Learned | null {
    return this.#inherited?.learned ?? null
  }

  /** Why the weights of the earlier run cannot be inherited; null where they can, as far as is known. */
  get failure(): InheritError['problem'] | null {
    return this.#inherited?.failure ?? null
  }

  /** Notes a layer or model under construction. @param inPass whether a training step or an evaluation is in progress */
  constructed(layer: Layer, site: Site | null, inPass: boolean): void {
    this.#layers.add(layer, site, inPass)
    this.#hasNewLayers = true
    if (this.#inherited) watchBuilt(layer, (built) => this.#built(built))
  }

  /** Notes that a model was read from a file by the line at `site`. */
  loaded(model: Layer, site: Site | null): void {
    this.#layers.loaded(model, site)
  }

  /** Notes that a layer is called. */
  called(layer: Layer): void {
    if (this.#inherited) this.#called = layer
  }

  /**
   * A training begins, or a step of it: layers that have weights and have not inherited yet do so now.
   * @throws InheritError where they cannot.
   */
  begin(engine: Engine): void {
    if (!this.#inherited || !this.#hasNewLayers) return
    this.#hasNewLayers = false
    this.#inherited.put(engine, (event) => this.#open().event(event))
  }

  /** As `begin`, before the forward pass of a training step. */
  beginStep(engine: Engine): void {
    this.begin(engine)
    this.#stepping = engine
  }

  /**
   * A training step ends, before it changes any weight.
   * @throws InheritError where layers that were built in it could not inherit.
   */
  endStep(): void {
    if (this.#stepping) this.begin(this.#stepping)
    this.#stepping = null
    this.#layers.settle()
  }

  /** A call of `fit` has ended. */
  endFit(model: Layer): void {
    if (this.#saveTo !== null) this.#save(this.#layers.outermost(model), this.#saveTo)
  }

  /** Keeps the weights as they are now; null where they are not to be kept. */
  get keep(): ((clock: Clock) => void) | null {
    const keeper = this.#keeper
    return keeper && ((clock) => void keeper.keep(this.#open(), clock.step, Infinity))
  }

  /** The process ends, which has trained. */
  end(clock: Clock): void {
    this.#keeper?.keep(this.#open(), clock.step, Infinity)
    if (this.#saveTo === null || this.#isSaved) return
    this.#problem('No model was saved: neither fit nor fitDataset has ended.', 'Save it in the program: model.save.')
  }

  /** A layer that is built in a training step's forward pass inherits before it is used. */
  #built(layer: Layer): void {
    this.#hasNewLayers = true
    if (this.#stepping && layer === this.#called)
      this.#inherited?.put(this.#stepping, (event) => this.#open().event(event), false)
  }

  #save(model: Layer, folder: string): void {
    this.#isSaved = true
    try {
      saveModel(model, folder)
      this.#open().event({ type: 'model saved', folder })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#problem(`The model cannot be saved in ${folder}: ${why}`, 'The training is not affected.')
    }
  }

  #problem(message: string, advice: string): void {
    this.#open().event({ type: 'problem', layer: null, message: message.slice(0, 2000), advice })
  }
}

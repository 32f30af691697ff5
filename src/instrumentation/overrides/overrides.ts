import type { Site } from '../../protocol/layer.ts'
import { isMeantFor, isOfDepth, isOfFitArguments, type Override } from '../../protocol/overrides.ts'
import { isInConstructor } from '../sites/constructionSite.ts'
import type { Layer } from '../tfjs/tfjs.ts'
import { overrideArgument, type ArgumentOverride } from './argumentOverride.ts'
import { becomeLike, configOf, constructAgain, constructCopy, hasTaken } from './constructAgain.ts'
import { onArguments, type LayerArguments } from './layerArguments.ts'
import { argumentOf, innerLayer } from './overriddenProperty.ts'
import { SourceWidths } from './sourceWidths.ts'
import { StructureOverrides } from './structure/structureOverrides.ts'
import { LayersSeen, UnmetOverrides } from './unmetOverrides.ts'

/** An override of a layer that is under construction, or has just been constructed. */
interface Pending {
  override: Override
  layer: Layer
  args: LayerArguments
  /** What was changed in the arguments. */
  changes: ArgumentOverride[]
  /** Whether the layer that this one wraps has the value. */
  isInner: boolean
}

/** How a layer comes into being. */
export interface Origin {
  /** Where the user's code constructs it. */
  site(): Site | null
  /** Whether it is read from a file. */
  isLoaded(): boolean
}

/**
 * Overrides constructions of layers: of every class, in every copy of TensorFlow.js. A layer's constructors read the
 * overridden value from its arguments, so that everything they derive from it is right. A class that does not read them
 * there is constructed a second time with the value, before the layer's first use.
 */
export class Overrides {
  readonly #overrides: readonly Override[]
  readonly #arguments = new WeakMap<Layer, LayerArguments>()
  readonly #seen = new LayersSeen()
  readonly #sourceWidths = new SourceWidths()
  /** The overrides that are set on some layer. */
  readonly #set = new Set<Override>()
  #pending: Pending[] = []
  /** Null where neither depth nor the input's size is overridden. */
  readonly #structure: StructureOverrides | null
  /** Whether a layer is being constructed again. Its construction is no other layer's. */
  #again = false
  #original: Layer | null = null
  #isChecked = false
  #failure: UnmetOverrides | null = null

  readonly #onReplica: (layer: Layer) => void

  /** @param onReplica called with a layer of ours that the program never gets: one of its own has become like it */
  constructor(overrides: readonly Override[], onReplica: (layer: Layer) => void = () => undefined) {
    this.#overrides = overrides
    this.#onReplica = onReplica
    this.#structure = StructureOverrides.areIn(overrides) ? this.#structureOverrides() : null
  }

  /** The layer of the program that a layer which is under construction is a copy of; null for other layers. */
  get original(): Layer | null {
    return this.#original
  }

  /** A layer's `Layer` constructor has begun. */
  constructing(layer: Layer, origin: Origin): void {
    if (this.#again) return
    this.settle()
    this.#structure?.watch(layer)
    // A model takes no arguments that could be overridden.
    if (!('getLayer' in layer)) onArguments(layer, (args) => this.#begin(layer, args, origin))
  }

  /** Whether some of the overrides change arguments of `fit`. */
  get hasFitArguments(): boolean {
    return this.#overrides.some(isOfFitArguments)
  }

  /**
   * The arguments of a call of `fit` or `fitDataset` with the overrides in them: a copy, where there are any.
   * @param method the one that is called
   */
  fitArguments(method: 'fit' | 'fitDataset', args: object | undefined): object | undefined {
    const changes: Record<string, unknown> = {}
    for (const override of this.#overrides.filter(isOfFitArguments)) {
      // The batches of a data set are made before.
      if (method === 'fitDataset' && override.property === 'batchSize') {
        if (!this.#set.has(override)) this.#seen.refuseForDataset(override)
        continue
      }
      changes[override.property] = override.value
      this.#set.add(override)
    }
    if (Object.keys(changes).length === 0) return args
    return Object.assign(Object.create(Object.getPrototypeOf(args ?? {}) as object | null) as object, args, changes)
  }

  /**
   * Ends the overrides of layers whose constructors have returned. To be called before any layer is used.
   * @throws the class's own error where it does not take a value.
   */
  settle(): void {
    if (this.#pending.length === 0 || this.#again) return
    const ended = this.#pending.filter(({ layer }) => !isInConstructor(layer))
    this.#pending = this.#pending.filter((pending) => !ended.includes(pending))
    for (const pending of ended) this.#end(pending)
  }

  /**
   * To be called at the end of each training step, before weights change.
   * @returns at the first step: what to report of overrides that no layer has matched, if there are any. A model that is
   *   constructed later may have such a layer.
   * @throws UnmetOverrides where a layer that an override is meant for does not take it.
   */
  check(): UnmetOverrides['problem'] | null {
    if (this.#isChecked) return null
    this.settle()
    const unmet = this.#unmet
    const refused = unmet.filter((override) => this.#seen.refuses(override))
    if (refused.length > 0) throw (this.#failure = new UnmetOverrides(refused, this.#seen))
    this.#isChecked = true
    return unmet.length === 0 ? null : new UnmetOverrides(unmet, this.#seen).untilNow
  }

  /** To be called at the end of a process that has trained: an override that no layer has matched is a failure. */
  end(): void {
    const unmet = this.#unmet
    if (unmet.length > 0) this.#failure ??= new UnmetOverrides(unmet, this.#seen)
  }

  /** What was wrong when the overrides were checked last; null where all was right. */
  get failure(): UnmetOverrides['problem'] | null {
    return this.#failure?.problem ?? null
  }

  get #unmet(): Override[] {
    return this.#overrides.filter((override) => !this.#set.has(override))
  }

  /** The width that the source gives to a layer of this width; null where no override has changed it. */
  sourceWidthOf(layer: Layer, width: number | null): number | null {
    const args = this.#arguments.get(layer)
    return width === null ? null : this.#sourceWidths.of(layer, width, args && innerLayer(args)?.[1])
  }

  #structureOverrides(): StructureOverrides {
    return new StructureOverrides(this.#overrides, {
      settle: () => this.settle(),
      constructing: (make, of) => {
        this.#original = of
        try {
          return this.#withoutOverrides(make)
        } finally {
          this.#original = null
        }
      },
      copyOf: (layer, name) => constructCopy(layer, this.#arguments.get(layer), name),
      set: (override) => this.#set.add(override),
      refuse: (...why) => this.#seen.refuse(...why),
    })
  }

  #begin(layer: Layer, args: LayerArguments, origin: Origin): void {
    this.#arguments.set(layer, args)
    this.#seen.add(layer)
    // The arguments may be those of an earlier layer, too.
    for (const pending of this.#pending) if (pending.args === args) restore(pending)
    for (const override of this.#overrides) {
      if (!isMeantFor(override, layer.name, origin.site)) continue
      if (origin.isLoaded()) this.#seen.refuse(override, layer, 'loaded')
      else if (isOfDepth(override)) this.#structure!.match(override, layer)
      else this.#pending.push(this.#change(override, layer, args))
    }
  }

  /** Changes the arguments that a layer's constructors are about to read. */
  #change(override: Override, layer: Layer, args: LayerArguments): Pending {
    const values = new Map<string, unknown>()
    const argument = argumentOf(override.property, layer, args)
    this.#sourceWidths.note(layer, args, argument, override.value)
    // LSTM makes its cell before its `Layer` constructor runs, and a wrapper takes a layer that the user has made.
    const [key, inner] = innerLayer(args) ?? []
    const other = inner && this.#constructAgain(inner, override)
    if (key !== undefined && other) {
      this.#sourceWidths.note(layer, inner, this.#argumentOf(override, inner), override.value)
      values.set(key, other)
    }
    // A class may change the value, and several layers may be constructed with it.
    values.set(argument, structuredClone(override.value))
    const isReader = (): boolean => isInConstructor(layer)
    const changes = [...values].map(([name, value]) => overrideArgument(args, name, value, isReader))
    return { override, layer, args, changes: changes.filter((made) => made !== null), isInner: !!other }
  }

  #end(pending: Pending): void {
    const { override, layer, changes, isInner } = pending
    restore(pending)
    const isRead = changes.some((change) => change.isRead)
    if (isInner || (isRead && this.#hasTaken(layer, override)) || this.#replace(layer, override))
      this.#set.add(override)
    else this.#seen.refuse(override, layer, 'no such property')
  }

  /** Overrides a layer whose constructors have not read the value. @returns false where its class has no such property. */
  #replace(layer: Layer, override: Override): boolean {
    const twin = this.#constructAgain(layer, override)
    const argument = this.#argumentOf(override, layer)
    this.#sourceWidths.forget(layer)
    this.#sourceWidths.note(layer, configOf(layer), argument, override.value)
    if (!twin) return false
    this.#onReplica(twin)
    return becomeLike(layer, twin, argument)
  }

  #hasTaken(layer: Layer, override: Override): boolean {
    return this.#withoutOverrides(() => hasTaken(layer, this.#argumentOf(override, layer), override.value))
  }

  #argumentOf({ property }: Override, layer: Layer): string {
    return argumentOf(property, layer, this.#arguments.get(layer) ?? {})
  }

  #constructAgain(layer: Layer, override: Override): Layer | null {
    const [args, property] = [this.#arguments.get(layer), this.#argumentOf(override, layer)]
    return this.#withoutOverrides(() => constructAgain(layer, args, property, structuredClone(override.value)))
  }

  #withoutOverrides<T>(construct: () => T): T {
    this.#again = true
    try {
      return construct()
    } finally {
      this.#again = false
    }
  }
}

function restore({ changes }: Pending): void {
  for (const change of changes) change.restore()
}

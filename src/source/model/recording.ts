import type { Application, Place, PlainValue, ReadLayer, ReadModel, TensorReference } from './reading.ts'
import { LayerValue, ListValue, ModelValue, ObjectValue, TensorValue, UNKNOWN, type Value } from './values/values.ts'

/** Collects constructions, applications and models while the code is followed. */
export class Recording {
  readonly layers: ReadLayer[] = []
  readonly applications: Application[] = []
  readonly #models: { model: ModelValue; place: Place }[] = []
  /** Above 0 while code is followed only for what it may change. Nothing is recorded then. */
  muted = 0

  /** Records the construction of a layer. @param argument the only one of the call */
  construct(factory: string, argument: Value, place: Place | null): LayerValue | typeof UNKNOWN {
    if (this.muted > 0) return UNKNOWN
    this.layers.push({ factory, ...this.#configOf(argument), place })
    return new LayerValue(this.layers.length - 1)
  }

  /** Records an application. @param inputs null where some are unknown; [] for an input */
  apply(layer: LayerValue, inputs: readonly TensorValue[] | null): TensorValue {
    this.applications.push({ layer: layer.index, inputs: inputs && inputs.map(reference) })
    layer.output = new TensorValue(this.applications.length - 1, 0)
    return layer.output
  }

  /** Remembers a model, which may still grow. */
  model(model: ModelValue, place: Place): void {
    if (this.muted === 0) this.#models.push({ model, place })
  }

  /** The models that are known from their inputs to their outputs, as they are now. */
  finishedModels(): ReadModel[] {
    return this.#models.flatMap(({ model, place }) => {
      const { inputs, outputs } = model
      if (!model.known || !inputs || !outputs || inputs.length === 0 || outputs.length === 0) return []
      return [{ inputs: inputs.map(reference), outputs: outputs.map(reference), place }]
    })
  }

  #configOf(argument: Value): Pick<ReadLayer, 'config' | 'unknown'> {
    if (argument === undefined || argument === null) return { config: {}, unknown: [] }
    if (!(argument instanceof ObjectValue) || !argument.known) return { config: {}, unknown: null }
    const config: Record<string, PlainValue> = {}
    const unknown: string[] = []
    for (const [name, value] of argument.entries) {
      if (value === undefined) continue
      const plain = this.#plain(value)
      if (plain === undefined) unknown.push(name)
      else config[name] = plain
    }
    return { config, unknown }
  }

  /** The value as plain data; undefined where a part of it is unknown. */
  #plain(value: Value): PlainValue | undefined {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
    if (value instanceof LayerValue) return this.layers[value.index]
    if (value instanceof ListValue && value.known) {
      const items = value.items.map((item) => this.#plain(item))
      return items.every((item) => item !== undefined) ? items : undefined
    }
    if (value instanceof ObjectValue && value.known) {
      const entries = [...value.entries].map(([name, entry]) => [name, this.#plain(entry)] as const)
      return entries.every(([, entry]) => entry !== undefined)
        ? (Object.fromEntries(entries) as Record<string, PlainValue>)
        : undefined
    }
    return undefined
  }
}

function reference({ application, output }: TensorValue): TensorReference {
  return { application, output }
}

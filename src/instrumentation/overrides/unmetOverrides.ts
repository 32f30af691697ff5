import { clip } from '../../protocol/clip.ts'
import {
  describeOverride,
  isOfDepth,
  isOfFitArguments,
  isOfInputSize,
  type Override,
} from '../../protocol/overrides.ts'
import { kindOf, type Layer } from '../tfjs/tfjs.ts'
import { settableProperties } from './constructAgain.ts'

/** Most layers, and most properties, that an error names. */
const MAX_NAMED = 30

/** Why an override is not set on a layer that it is meant for. */
type Reason = 'loaded' | 'no such property' | 'data set' | 'channels first' | 'not followed'

interface Refusal {
  layer: string
  reason: Reason
  /** Names of the properties that can be set. */
  settable: string[]
}

/** What an error about overrides says of the layers. */
export class LayersSeen {
  /** Names with kinds of the layers constructed so far. */
  readonly #layers = new Set<string>()
  readonly #refusals = new Map<Override, Refusal>()

  add(layer: Layer): void {
    // An input layer is made by the library, and has nothing to override.
    if (kindOf(layer) === 'InputLayer') return
    // A search over many models would accumulate the names of all.
    if (this.#layers.size <= MAX_NAMED) this.#layers.add(nameOf(layer))
  }

  refuse(override: Override, layer: Layer, reason: Reason): void {
    const settable = reason === 'no such property' ? settableProperties(layer) : []
    this.#refusals.set(override, { layer: nameOf(layer), reason, settable })
  }

  /** Notes an argument that `fitDataset` does not have. */
  refuseForDataset(override: Override): void {
    this.#refusals.set(override, { layer: 'fitDataset', reason: 'data set', settable: [] })
  }

  /** Whether a layer that the override is meant for does not take it. */
  refuses(override: Override): boolean {
    return this.#refusals.has(override)
  }

  /** What is wrong with an override that is set on no layer, and what to do. */
  explain(override: Override): { message: string; advice: string } {
    const text = describeOverride(override)
    const refusal = this.#refusals.get(override)
    if (!refusal && isOfFitArguments(override)) {
      return {
        message: `No training takes the override ${text}.`,
        advice: 'The program calls neither fit nor fitDataset: how long it trains is up to its own loop.',
      }
    }
    if (!refusal && isOfInputSize(override)) {
      return {
        message: `No input takes the override ${text}.`,
        advice:
          'It is for inputs of the shape [height, width, channels] that the model declares, by tf.input or the inputShape of its first layer.',
      }
    }
    if (!refusal) {
      return {
        message: `No layer matches the override ${text}.`,
        advice: `Give a layer’s whole name, a pattern with * for any letters, or a line as in model.js:12. The layers: ${list([...this.#layers])}.`,
      }
    }
    const { layer, reason, settable } = refusal
    if (reason === 'data set') {
      return {
        message: `The override ${text} cannot be set: fitDataset has no argument ${override.property}.`,
        advice: 'The program makes the batches itself, by the method batch of its data set.',
      }
    }
    if (reason === 'loaded') {
      return {
        message: `The override ${text} cannot be set: ${layer} is loaded from a file.`,
        advice: 'Its weights have the shapes in that file. Override layers that the program constructs.',
      }
    }
    if (reason === 'channels first') {
      return {
        message: `The override ${text} cannot be set: ${layer} has its channels first.`,
        advice: 'Images of the shape [height, width, channels] can be resized.',
      }
    }
    if (reason === 'not followed') {
      return isOfDepth(override) && override.value === 0
        ? {
            message: `The override ${text} cannot be set: ${layer} is not called by itself.`,
            advice: 'Leave out the layer that wraps it.',
          }
        : {
            message: `The override ${text} cannot be set: no layer takes the output of ${layer}.`,
            advice: 'Layers are repeated where another layer follows them.',
          }
    }
    return {
      message: `The override ${text} cannot be set: ${layer} has no property ${override.property} that can be.`,
      advice: settable.length > 0 ? `It has ${list(settable)}.` : 'Its class has no getConfig.',
    }
  }
}

/** The error of a run that would train another model than the one that was asked for. */
export class UnmetOverrides extends Error {
  override readonly name = 'Error'
  readonly #advice: string

  constructor(overrides: readonly Override[], seen: LayersSeen) {
    const explained = overrides.map((override) => seen.explain(override))
    super(clip(explained.map(({ message }) => message).join(' ')))
    this.#advice = clip([...new Set(explained.map(({ advice }) => advice))].join(' '))
  }

  /** The error as a person reads it. */
  get problem(): { message: string; advice: string } {
    return { message: this.message, advice: this.#advice }
  }

  /** The same at the first training step, when further layers may still be constructed. */
  get untilNow(): { message: string; advice: string } {
    const message = clip(`At the first training step: ${this.message}`)
    return {
      message,
      advice: `The run fails at its end, unless a layer that is constructed later matches. ${this.#advice}`,
    }
  }
}

function nameOf(layer: Layer): string {
  return `${layer.name} (${kindOf(layer)})`
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).join(', ')
  return names.length > MAX_NAMED ? `${shown} and more` : shown
}

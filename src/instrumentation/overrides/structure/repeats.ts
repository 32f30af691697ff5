import type { Override } from '../../../protocol/overrides.ts'
import type { Layer } from '../../tfjs/tfjs.ts'

/** A tensor of a model or of a computation. */
type AnyTensor = object

/** A call of a layer that is to be repeated. */
interface Call {
  override: Override
  layer: Layer
  inputs: unknown
  kwargs: unknown
}

/** Why a group of layers cannot be repeated. */
export class NotRepeatable extends Error {
  override readonly name = 'Error'
}

/**
 * Repeats groups of layers. All layers that one override matches and that take each other's outputs are a group: where
 * another layer takes the output of the group, that output goes through copies of the group first. So a block of a
 * residual network is repeated as a whole, and a layer that stands alone by itself.
 */
export class Repeats {
  readonly #copyOf: (layer: Layer, name: string) => Layer
  /** The calls of layers to be repeated, by their output. */
  readonly #calls = new WeakMap<AnyTensor, Call>()
  /** Outputs of groups, with the outputs of their last copies. */
  readonly #ends = new WeakMap<AnyTensor, unknown>()
  readonly #copies = new WeakMap<Layer, Layer[]>()

  /** @param copyOf makes a layer of another name that is otherwise alike, with weights of its own */
  constructor(copyOf: (layer: Layer, name: string) => Layer) {
    this.#copyOf = copyOf
  }

  /** Notes that a layer that is to be repeated has turned inputs into an output. */
  note(output: unknown, call: Call): void {
    if (typeof output === 'object' && output !== null && !Array.isArray(output)) this.#calls.set(output, call)
  }

  /** The override of the group that a tensor comes from, if the layer that takes it is not of that group. */
  endsAt(tensor: unknown, taker: Override | undefined): Override | null {
    const override = this.#calls.get(tensor as AnyTensor)?.override
    return override && override !== taker ? override : null
  }

  /**
   * Sends the output of a group through its copies.
   * @throws NotRepeatable when the group takes more than one tensor from outside.
   */
  repeat(output: unknown, times: number): unknown {
    const known = this.#ends.get(output as AnyTensor)
    if (known !== undefined) return known
    let end = output
    for (let n = 2; n <= times; n++) end = this.#replay(output, end, n)
    this.#ends.set(output as AnyTensor, end)
    return end
  }

  /**
   * The copies of a chain of layers that ends at a tensor, in the order in which a sequential model is to have them.
   * @throws NotRepeatable when the group is no chain.
   */
  chainBehind(output: unknown, times: number): Layer[] {
    const chain: Layer[] = []
    const override = this.#calls.get(output as AnyTensor)?.override
    for (let at = output; this.#calls.get(at as AnyTensor)?.override === override;) {
      const { layer, inputs } = this.#calls.get(at as AnyTensor)!
      chain.unshift(layer)
      at = single(inputs)
    }
    return Array.from({ length: times - 1 }, (_, i) => chain.map((layer) => this.#copy(layer, i + 2))).flat()
  }

  /** Repeats the calls that led to an output, with another tensor in the place of the one that the group takes. */
  #replay(output: unknown, start: unknown, n: number): unknown {
    const { override } = this.#calls.get(output as AnyTensor)!
    const made = new Map<unknown, unknown>()
    const taken = new Set<unknown>()
    const replay = (tensor: unknown): unknown => {
      const call = this.#calls.get(tensor as AnyTensor)
      if (call?.override !== override) {
        taken.add(tensor)
        if (taken.size > 1)
          throw new NotRepeatable(
            `The group ${override.layer} cannot be repeated: it takes the outputs of several layers. Name a group that takes one.`,
          )
        return start
      }
      if (!made.has(tensor)) {
        const inputs = Array.isArray(call.inputs) ? call.inputs.map(replay) : replay(call.inputs)
        made.set(tensor, this.#copy(call.layer, n).apply(inputs, call.kwargs))
      }
      return made.get(tensor)
    }
    return replay(output)
  }

  /** @param n which repetition the copy is of, from 2 */
  #copy(layer: Layer, n: number): Layer {
    const copies = this.#copies.get(layer) ?? []
    this.#copies.set(layer, copies)
    return (copies[n - 2] ??= this.#copyOf(layer, `${layer.name}_repeat${n}`))
  }
}

function single(inputs: unknown): unknown {
  return Array.isArray(inputs) ? (inputs as unknown[])[0] : inputs
}

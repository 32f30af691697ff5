import type { Machine } from '../code/machine.ts'
import type { Place, TensorReference } from '../reading.ts'
import {
  LayerValue,
  ListValue,
  ModelValue,
  NativeFunction,
  ObjectValue,
  TensorValue,
  UNKNOWN,
  type Value,
} from './values.ts'

/** Calls a function of TensorFlow.js. @param path `['layers', 'dense']` for `tf.layers.dense` */
export function callTensorFlow(machine: Machine, path: readonly string[], args: readonly Value[], place: Place): Value {
  const { recording } = machine
  const [first, second, ...more] = path
  if (first === 'input' || (first === 'layers' && second === 'input' && more.length === 0)) {
    const layer = recording.construct('input', args[0], place)
    return layer === UNKNOWN ? UNKNOWN : recording.apply(layer, [])
  }
  if (first === 'layers' && second !== undefined && more.length === 0)
    return recording.construct(second, args[0], place)
  if (second === undefined && first === 'sequential') return sequential(machine, args[0], place)
  if (second === undefined && first === 'model') return functional(machine, args[0], place)
  if (second === undefined && first === 'tidy') return machine.call(args.at(-1), [])
  machine.giveAway(args)
  return UNKNOWN
}

function sequential(machine: Machine, argument: Value, place: Place): Value {
  const model = new ModelValue(machine.born(), true)
  machine.recording.model(model, place)
  if (argument instanceof ObjectValue && argument.known) {
    const layers = argument.entries.get('layers')
    if (layers === undefined) return model
    if (layers instanceof ListValue && layers.known) {
      for (const layer of layers.items) add(machine, model, layer)
      return model
    }
  } else if (argument === undefined) return model
  loseTrack(model)
  return model
}

function functional(machine: Machine, argument: Value, place: Place): Value {
  const model = new ModelValue(machine.born(), false)
  machine.recording.model(model, place)
  const entries = argument instanceof ObjectValue && argument.known ? argument.entries : null
  model.inputs = tensorsOf(entries?.get('inputs'))
  model.outputs = tensorsOf(entries?.get('outputs'))
  model.known = model.inputs !== null && model.outputs !== null
  return model
}

/** One tensor or a list of them; null for anything else. */
function tensorsOf(value: Value): TensorValue[] | null {
  if (value instanceof TensorValue) return [value]
  if (!(value instanceof ListValue) || !value.known) return null
  const tensors = value.items.filter((item) => item instanceof TensorValue)
  return tensors.length === value.items.length && tensors.length > 0 ? tensors : null
}

function loseTrack(model: ModelValue): void {
  model.known = false
  model.outputs = null
}

/** Adds a layer or a model to a sequential model. */
function add(machine: Machine, model: ModelValue, member: Value): void {
  if (!(member instanceof LayerValue || member instanceof ModelValue)) return loseTrack(model)
  if (model.born < machine.floor || model.escaped) loseTrack(model)
  if (!model.known) {
    if (member instanceof LayerValue) machine.recording.apply(member, null)
    return
  }
  const first = model.members.length === 0
  model.members.push(member)
  if (!first) model.outputs = applied(machine, member, model.outputs)
  else if (member instanceof LayerValue) startWith(machine, model, member)
  else {
    model.inputs = member.inputs
    model.outputs = member.known ? member.outputs : null
  }
  if (!model.outputs) loseTrack(model)
}

/** The first layer of a sequential model is its input, or says what the input is like. */
function startWith({ recording }: Machine, model: ModelValue, layer: LayerValue): void {
  const { factory, config, unknown } = recording.layers[layer.index]!
  if (factory === 'inputLayer') model.inputs = model.outputs = [recording.apply(layer, [])]
  else {
    recording.layers.push({ factory: 'implicitInput', config: { ...config, of: factory }, unknown, place: null })
    model.inputs = [recording.apply(new LayerValue(recording.layers.length - 1), [])]
    model.outputs = [recording.apply(layer, model.inputs)]
  }
}

/** Applies a layer or a model to tensors; null where the result is unknown. */
function applied(
  machine: Machine,
  member: LayerValue | ModelValue,
  inputs: readonly TensorValue[] | null,
): readonly TensorValue[] | null {
  if (member instanceof LayerValue) return [machine.recording.apply(member, inputs)]
  if (!member.known || !inputs) return null
  if (!member.sequential) return appliedGraph(machine, member, inputs)
  let tensors: readonly TensorValue[] | null = inputs
  for (const part of member.members) {
    const isInput = part instanceof LayerValue && machine.recording.layers[part.index]?.factory === 'inputLayer'
    if (!isInput) tensors = applied(machine, part, tensors)
  }
  return tensors
}

/** Applies the layers of a functional model anew, from other inputs. */
function appliedGraph({ recording }: Machine, model: ModelValue, inputs: readonly TensorValue[]): TensorValue[] | null {
  if (!model.inputs || !model.outputs || model.inputs.length !== inputs.length) return null
  const given = new Map(model.inputs.map((tensor, n) => [tensor.application, inputs[n]!]))
  const made = new Map<number, number>()
  const follow = (tensor: TensorReference): TensorValue => {
    const input = given.get(tensor.application)
    if (input) return input
    let application = made.get(tensor.application)
    if (application === undefined) {
      const { layer, inputs: before } = recording.applications[tensor.application]!
      application = recording.apply(new LayerValue(layer), before && before.map(follow)).application
      made.set(tensor.application, application)
    }
    return new TensorValue(application, tensor.output)
  }
  return model.outputs.map(follow)
}

/** A property of a layer. */
export function layerProperty(machine: Machine, layer: LayerValue, name: string): Value {
  if (name === 'output') return layer.output ?? UNKNOWN
  if (name !== 'apply') return UNKNOWN
  return new NativeFunction(([inputs, ...more]) => {
    machine.giveAway(more)
    return machine.recording.apply(layer, tensorsOf(inputs))
  })
}

/** A property of a model. No method but `add` and `pop` changes its layers. */
export function modelProperty(machine: Machine, model: ModelValue, name: string): Value {
  switch (name) {
    case 'add':
      return new NativeFunction(([member]) => void add(machine, model, member))
    case 'pop':
      return new NativeFunction(() => void loseTrack(model))
    case 'apply':
      return new NativeFunction(([inputs]) => {
        const outputs = applied(machine, model, tensorsOf(inputs))
        if (!outputs) return UNKNOWN
        return outputs.length === 1 ? outputs[0] : new ListValue(machine.born(), [...outputs])
      })
    case 'layers':
      return model.sequential && model.known ? new ListValue(machine.born(), [...model.members]) : UNKNOWN
    case 'inputs':
    case 'outputs':
      return model.known && model[name] ? new ListValue(machine.born(), [...model[name]]) : UNKNOWN
    case 'input':
    case 'output': {
      const tensors = name === 'input' ? model.inputs : model.outputs
      return model.known && tensors?.length === 1 ? tensors[0] : UNKNOWN
    }
    default:
      return UNKNOWN
  }
}

import { listProperty } from './lists.ts'
import type { Machine } from '../code/machine.ts'
import { primitiveProperty } from './natives.ts'
import { layerProperty, modelProperty } from './tensorflow.ts'
import {
  LayerValue,
  ListValue,
  ModelValue,
  ObjectValue,
  TensorFlowName,
  TensorValue,
  UNKNOWN,
  type Value,
} from './values.ts'

/** The value of a property. */
export function propertyOf(machine: Machine, object: Value, name: string | typeof UNKNOWN): Value {
  if (name === UNKNOWN) return UNKNOWN
  if (object instanceof ObjectValue) {
    if (object.entries.has(name)) return object.entries.get(name)
    return object.known ? undefined : UNKNOWN
  }
  if (object instanceof ListValue) {
    if (!/^\d+$/.test(name)) return listProperty(machine, object, name)
    return object.known ? object.items[Number(name)] : UNKNOWN
  }
  if (typeof object === 'string' || typeof object === 'number') return primitiveProperty(machine, object, name)
  if (object instanceof TensorFlowName) return name === 'default' ? object : new TensorFlowName([...object.path, name])
  if (object instanceof LayerValue) return layerProperty(machine, object, name)
  if (object instanceof ModelValue) return modelProperty(machine, object, name)
  if (object instanceof TensorValue && /^\d+$/.test(name)) return new TensorValue(object.application, Number(name))
  return UNKNOWN
}

import type { Machine } from '../code/machine.ts'
import { ListValue, NativeFunction, ObjectValue, UNKNOWN, type Value } from './values.ts'

/** Values that JavaScript's own functions take and give here. */
type Primitive = string | number | boolean | null | undefined

/** Methods of strings and numbers that depend on nothing but their arguments. */
const PURE_METHODS = new Set(
  (
    'at charAt concat endsWith includes indexOf padEnd padStart repeat replace replaceAll slice split startsWith ' +
    'substring toFixed toLowerCase toString toUpperCase trim'
  ).split(' '),
)

/** Functions of `Math` that are not pure. */
const IMPURE_MATH = new Set(['random'])

/** Longest array that `Array(n)` and `Array.from({ length: n })` make here. */
const MAX_LENGTH = 256

function isPrimitive(value: Value): value is Primitive {
  return value === null || (typeof value !== 'object' && typeof value !== 'symbol')
}

/** A function of primitives; unknown for other arguments, and where it throws. */
function pure(machine: Machine, call: (...args: Primitive[]) => unknown): NativeFunction {
  return new NativeFunction((args) => {
    if (!args.every(isPrimitive)) return UNKNOWN
    try {
      return wrapped(machine, call(...args))
    } catch {
      return UNKNOWN
    }
  })
}

function wrapped(machine: Machine, value: unknown): Value {
  if (Array.isArray(value)) return new ListValue(machine.born(), value as Primitive[])
  return value === null || typeof value !== 'object' ? (value as Primitive) : UNKNOWN
}

/** A property of a string or a number. */
export function primitiveProperty(machine: Machine, value: string | number, name: string): Value {
  if (typeof value === 'string' && name === 'length') return value.length
  if (!PURE_METHODS.has(name)) return UNKNOWN
  const method: unknown = (Object(value) as Record<string, unknown>)[name]
  if (typeof method !== 'function') return UNKNOWN
  return pure(machine, (...args) => Reflect.apply(method as () => unknown, value, args))
}

/** What a global name of the language is; null for a name that is not known here. */
export function globalValue(machine: Machine, name: string): { value: Value } | null {
  const object = (entries: Record<string, Value>) => ({ value: openObject(machine, entries) })
  switch (name) {
    case 'undefined':
      return { value: undefined }
    case 'Infinity':
    case 'NaN':
      return { value: Number(name) }
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'parseInt':
    case 'parseFloat':
      return { value: pure(machine, globalThis[name] as (...args: Primitive[]) => unknown) }
    case 'Math':
      return object(mathEntries(machine))
    case 'Object':
      return object({
        keys: entriesFunction(machine, (key) => key),
        values: entriesFunction(machine, (_, value) => value),
        entries: entriesFunction(machine, (key, value) => new ListValue(machine.born(), [key, value])),
        freeze: new NativeFunction(([value]) => value),
      })
    case 'Array':
      return { value: openObject(machine, { from: arrayFrom(machine), call: arrayOf(machine) }) }
    default:
      return null
  }
}

/** An object with further properties that are unknown. */
function openObject(machine: Machine, entries: Record<string, Value>): ObjectValue {
  const object = new ObjectValue(machine.born(), Object.entries(entries))
  object.known = false
  return object
}

function mathEntries(machine: Machine): Record<string, Value> {
  const names = Object.getOwnPropertyNames(Math).filter((name) => !IMPURE_MATH.has(name))
  const all = Math as unknown as Record<string, unknown>
  return Object.fromEntries(
    names.map((name) => {
      const value = all[name]
      return [name, typeof value === 'function' ? pure(machine, value as () => unknown) : (value as number)]
    }),
  )
}

function entriesFunction(machine: Machine, pick: (key: string, value: Value) => Value): NativeFunction {
  return new NativeFunction(([object]) =>
    object instanceof ObjectValue && object.known
      ? new ListValue(
          machine.born(),
          [...object.entries].map(([key, value]) => pick(key, value)),
        )
      : UNKNOWN,
  )
}

function emptyList(machine: Machine, length: Value): ListValue | typeof UNKNOWN {
  if (typeof length !== 'number' || !(length >= 0 && length <= MAX_LENGTH)) return UNKNOWN
  return new ListValue(machine.born(), Array<Value>(length).fill(undefined))
}

function arrayFrom(machine: Machine): NativeFunction {
  return new NativeFunction(([source, map]) => {
    const list =
      source instanceof ObjectValue && source.known ? emptyList(machine, source.entries.get('length')) : source
    if (!(list instanceof ListValue) || !list.known) {
      machine.giveAway([map])
      return UNKNOWN
    }
    const items = map === undefined ? [...list.items] : list.items.map((item, n) => machine.call(map, [item, n]))
    return new ListValue(machine.born(), items)
  })
}

function arrayOf(machine: Machine): NativeFunction {
  return new NativeFunction((args) =>
    args.length === 1 ? emptyList(machine, args[0]) : new ListValue(machine.born(), [...args]),
  )
}

import type { Machine } from '../code/machine.ts'
import { isTruthy } from './truth.ts'
import { ListValue, NativeFunction, UNKNOWN, type Value } from './values.ts'

/** A property of an array. */
export function listProperty(machine: Machine, list: ListValue, name: string): Value {
  if (CHANGING.has(name)) return new NativeFunction((args) => change(machine, list, name, args))
  if (!list.known) return new NativeFunction((args) => (machine.giveAway(args), UNKNOWN))
  const { items } = list
  const made = (values: Value[]): ListValue => new ListValue(machine.born(), values)
  const method = (call: (...args: Value[]) => Value) => new NativeFunction((args) => call(...args))
  const whole = (value: Value): value is number | undefined => value === undefined || typeof value === 'number'
  switch (name) {
    case 'length':
      return items.length
    case 'map':
      return method((f) => made(items.map((item, n) => machine.call(f, [item, n]))))
    case 'flatMap':
      return method((f) => made(flattened(items.map((item, n) => machine.call(f, [item, n])))))
    case 'forEach':
      return method((f) => void items.forEach((item, n) => void machine.call(f, [item, n])))
    case 'reduce':
      return method((f, ...initial) => {
        const [start, rest]: [Value, Value[]] = initial.length > 0 ? [initial[0], items] : [items[0], items.slice(1)]
        let sum: Value = start
        rest.forEach((item, n) => (sum = machine.call(f, [sum, item, n])))
        return sum
      })
    case 'filter':
      return method((f) => {
        const kept = items.map((item, n) => isTruthy(machine.call(f, [item, n])))
        return kept.includes(null) ? UNKNOWN : made(items.filter((_, n) => kept[n]))
      })
    case 'slice':
      return method((from, to) => (whole(from) && whole(to) ? made(items.slice(from, to)) : UNKNOWN))
    case 'concat':
      return method((...others) =>
        others.some((each) => each === UNKNOWN) ? UNKNOWN : made([...items, ...flattened(others)]),
      )
    case 'at':
      return method((n) => (typeof n === 'number' ? items.at(n) : UNKNOWN))
    case 'entries':
      return method(() => made(items.map((item, n) => made([n, item]))))
    case 'keys':
      return method(() => made(items.map((_, n) => n)))
    case 'flat':
      return method(() => made(flattened(items)))
    default:
      return new NativeFunction((args) => (machine.giveAway(args), UNKNOWN))
  }
}

const CHANGING = new Set(['push', 'pop', 'shift', 'unshift', 'reverse', 'sort', 'splice', 'fill', 'copyWithin'])

/** Calls a method that changes the array. */
function change(machine: Machine, list: ListValue, name: string, args: readonly Value[]): Value {
  if (list.born < machine.floor) list.known = false
  if (!list.known) return UNKNOWN
  switch (name) {
    case 'push':
      return list.items.push(...args)
    case 'unshift':
      return list.items.unshift(...args)
    case 'pop':
      return list.items.pop()
    case 'shift':
      return list.items.shift()
    case 'reverse':
      list.items.reverse()
      return list
    case 'fill':
      if (args.length !== 1) break
      list.items.fill(args[0])
      return list
  }
  list.known = false
  return UNKNOWN
}

/** Without the innermost of nested arrays; what is unknown stays one unknown item. */
function flattened(items: readonly Value[]): Value[] {
  return items.flatMap((item) => (item instanceof ListValue && item.known ? item.items : [item]))
}

import type { Expression, Node } from '@babel/types'
import type { Machine } from './machine.ts'
import { bare } from '../../edits/program/syntax.ts'
import { propertyOf } from '../values/properties.ts'
import { ListValue, ObjectValue, TensorValue, UNKNOWN, type Scope, type Value } from '../values/values.ts'

/** Declares the variables of a pattern, or assigns to what it names. */
export function bind(machine: Machine, from: Node, value: Value, scope: Scope, declares: boolean): void {
  const pattern = bare(from)
  switch (pattern.type) {
    case 'Identifier':
      if (declares) scope.declare(pattern.name, value)
      else scope.assign(pattern.name, value, machine.floor)
      return
    case 'AssignmentPattern':
      return bind(machine, pattern.left, withDefault(machine, value, pattern.right, scope), scope, declares)
    case 'ArrayPattern':
      return pattern.elements.forEach((element, n) => {
        if (!element) return
        const rest = element.type === 'RestElement'
        bind(machine, rest ? element.argument : element, itemOf(machine, value, n, rest), scope, declares)
      })
    case 'ObjectPattern':
      return bindProperties(machine, pattern.properties, value, scope, declares)
    case 'TSParameterProperty':
      return bind(machine, pattern.parameter, value, scope, declares)
    case 'MemberExpression': {
      const object = machine.evaluate(pattern.object, scope)
      const name = memberName(machine, pattern, scope)
      return setProperty(machine, object, name, value)
    }
    default:
      return
  }
}

function withDefault(machine: Machine, value: Value, fallback: Expression, scope: Scope): Value {
  if (value === undefined) return machine.evaluate(fallback, scope)
  if (value === UNKNOWN) machine.uncertainly(() => machine.evaluate(fallback, scope))
  return value
}

function itemOf(machine: Machine, value: Value, n: number, rest: boolean): Value {
  if (value instanceof TensorValue && !rest) return new TensorValue(value.application, n)
  if (!(value instanceof ListValue) || !value.known) return UNKNOWN
  return rest ? new ListValue(machine.born(), value.items.slice(n)) : value.items[n]
}

function bindProperties(
  machine: Machine,
  properties: readonly Node[],
  value: Value,
  scope: Scope,
  declares: boolean,
): void {
  const taken = new Set<string>()
  for (const property of properties) {
    if (property.type === 'RestElement') {
      const isKnown = value instanceof ObjectValue && value.known
      const rest = isKnown ? [...value.entries].filter(([name]) => !taken.has(name)) : []
      bind(machine, property.argument, isKnown ? new ObjectValue(machine.born(), rest) : UNKNOWN, scope, declares)
    } else if (property.type === 'ObjectProperty') {
      const name = property.computed ? UNKNOWN : keyName(property.key)
      if (typeof name === 'string') taken.add(name)
      bind(machine, property.value, propertyOf(machine, value, name), scope, declares)
    }
  }
}

/** The name that a key gives which is not computed. */
export function keyName(key: Node): string | typeof UNKNOWN {
  if (key.type === 'Identifier') return key.name
  if (key.type === 'StringLiteral' || key.type === 'NumericLiteral') return String(key.value)
  if (key.type === 'PrivateName') return `#${key.id.name}`
  return UNKNOWN
}

/** The name of the property that a member expression gets. */
export function memberName(
  machine: Machine,
  node: { computed: boolean; property: Node },
  scope: Scope,
): string | typeof UNKNOWN {
  if (!node.computed) return keyName(node.property)
  const value = machine.evaluate(node.property as Expression, scope)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : UNKNOWN
}

/** Sets a property. What may not be changed becomes unknown. */
function setProperty(machine: Machine, object: Value, name: string | typeof UNKNOWN, value: Value): void {
  if (object instanceof ObjectValue) {
    if (name === UNKNOWN) object.known = false
    if (name === UNKNOWN) object.entries.clear()
    else object.entries.set(name, object.born >= machine.floor ? value : UNKNOWN)
  } else if (object instanceof ListValue) {
    const index = name === UNKNOWN ? NaN : Number(name)
    if (object.born >= machine.floor && index >= 0 && index <= object.items.length) object.items[index] = value
    else object.known = false
  }
}

import type { CallExpression, Expression, NewExpression, Node, OptionalCallExpression } from '@babel/types'
import type { Machine } from './machine.ts'
import { bare } from '../../edits/program/syntax.ts'
import { globalValue } from '../values/natives.ts'
import { bind, keyName, memberName } from './patterns.ts'
import { propertyOf } from '../values/properties.ts'
import { binary, isTruthy } from '../values/truth.ts'
import {
  ClassValue,
  FunctionValue,
  ListValue,
  ObjectValue,
  TensorFlowName,
  UNKNOWN,
  type Scope,
  type Value,
} from '../values/values.ts'

/** Longest array literal that is followed. Longer ones are data. */
const MAX_ITEMS = 1000

/** The value of an expression. */
export function evaluate(machine: Machine, from: Expression, scope: Scope): Value {
  machine.step()
  const node = bare(from)
  const value = (expression: Node): Value => machine.evaluate(expression as Expression, scope)
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node.value
    case 'NullLiteral':
      return null
    case 'TemplateLiteral':
      return node.quasis.reduce((text: Value, quasi, n) => {
        const before = n === 0 ? '' : binary('+', text, binary('+', '', value(node.expressions[n - 1]!)))
        return binary('+', before, quasi.value.cooked ?? '')
      }, '')
    case 'Identifier':
      return variable(machine, node.name, scope)
    case 'ThisExpression':
      return scope.find('this')?.value ?? UNKNOWN
    case 'SequenceExpression':
      return node.expressions.map(value).at(-1)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return machine.made(new FunctionValue(node, scope, undefined))
    case 'ClassExpression':
      return machine.made(new ClassValue(node, scope))
    case 'ArrayExpression':
      return list(machine, node.elements, scope)
    case 'ObjectExpression':
      return object(machine, node.properties, scope)
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const from = value(node.object)
      if (node.type === 'OptionalMemberExpression' && (from === undefined || from === null)) return undefined
      return propertyOf(machine, from, memberName(machine, node, scope))
    }
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression':
      return call(machine, node, scope)
    case 'ImportExpression':
      return value(node.source)
    case 'UnaryExpression':
      return unary(node.operator, value(node.argument))
    case 'BinaryExpression':
      return node.left.type === 'PrivateName' ? UNKNOWN : binary(node.operator, value(node.left), value(node.right))
    case 'LogicalExpression':
      return logical(machine, node.operator, value(node.left), () => value(node.right))
    case 'ConditionalExpression': {
      const holds = isTruthy(value(node.test))
      if (holds !== null) return value(holds ? node.consequent : node.alternate)
      machine.uncertainly(() => value(node.consequent))
      machine.uncertainly(() => value(node.alternate))
      return UNKNOWN
    }
    case 'AssignmentExpression': {
      const assigned = newValue(
        machine,
        node.operator,
        () => value(node.left),
        () => value(node.right),
      )
      bind(machine, node.left, assigned, scope, false)
      return assigned
    }
    case 'UpdateExpression': {
      const before = value(node.argument)
      const after = binary(node.operator === '++' ? '+' : '-', before, 1)
      bind(machine, node.argument, after, scope, false)
      return node.prefix ? after : before
    }
    default:
      return UNKNOWN
  }
}

/** The value of a name. Scripts of web pages find TensorFlow.js as the global `tf`, others load it by code not known here. */
function variable(machine: Machine, name: string, scope: Scope): Value {
  const found = scope.find(name) ?? globalValue(machine, name)
  if (name === 'tf' && (!found || found.value === UNKNOWN)) return new TensorFlowName([])
  return found ? found.value : UNKNOWN
}

function unary(operator: string, value: Value): Value {
  if (operator === 'void') return undefined
  if (operator === '!') {
    const holds = isTruthy(value)
    return holds === null ? UNKNOWN : !holds
  }
  if (operator === '-') return binary('-', 0, value)
  if (operator === '+') return binary('-', value, 0)
  return UNKNOWN
}

function logical(machine: Machine, operator: string, left: Value, right: () => Value): Value {
  const holds = operator === '??' ? (left === UNKNOWN ? null : left !== null && left !== undefined) : isTruthy(left)
  if (holds === null) {
    machine.uncertainly(right)
    return UNKNOWN
  }
  return holds === (operator !== '&&') ? left : right()
}

function newValue(machine: Machine, operator: string, before: () => Value, after: () => Value): Value {
  if (operator === '=') return after()
  if (operator === '||=' || operator === '&&=' || operator === '??=')
    return logical(machine, operator.slice(0, -1), before(), after)
  return binary(operator.slice(0, -1), before(), after())
}

function list(machine: Machine, elements: readonly (Node | null)[], scope: Scope): Value {
  if (elements.length > MAX_ITEMS) return UNKNOWN
  const items = spread(machine, elements, scope)
  return items ? new ListValue(machine.born(), items) : UNKNOWN
}

/** The values of elements or arguments; null where one that is spread is unknown. */
function spread(machine: Machine, elements: readonly (Node | null)[], scope: Scope): Value[] | null {
  const items: Value[] = []
  let known = true
  for (const element of elements) {
    if (element?.type !== 'SpreadElement')
      items.push(element ? machine.evaluate(element as Expression, scope) : undefined)
    else {
      const more = machine.evaluate(element.argument, scope)
      if (more instanceof ListValue && more.known) items.push(...more.items)
      else known = false
    }
  }
  return known ? items : null
}

function object(machine: Machine, properties: readonly Node[], scope: Scope): ObjectValue {
  const made = new ObjectValue(machine.born())
  for (const property of properties) {
    if (property.type === 'SpreadElement') {
      const more = machine.evaluate(property.argument, scope)
      if (more instanceof ObjectValue && more.known)
        for (const [name, value] of more.entries) made.entries.set(name, value)
      else if (more !== undefined && more !== null) forget(made)
    } else if (property.type === 'ObjectProperty' || property.type === 'ObjectMethod') {
      const name = property.computed
        ? memberName(machine, { computed: true, property: property.key }, scope)
        : keyName(property.key)
      const value =
        property.type === 'ObjectMethod'
          ? machine.made(new FunctionValue(property, scope, made))
          : machine.evaluate(property.value as Expression, scope)
      if (name === UNKNOWN) forget(made)
      else made.entries.set(name, property.type === 'ObjectMethod' && property.kind !== 'method' ? UNKNOWN : value)
    }
  }
  return made
}

/** An unknown name or spread may have replaced each property so far; later ones are known again. */
function forget(object: ObjectValue): void {
  object.known = false
  object.entries.clear()
}

function call(machine: Machine, node: CallExpression | OptionalCallExpression | NewExpression, scope: Scope): Value {
  const { callee } = node
  if (
    callee.type === 'Import' ||
    (callee.type === 'Identifier' && callee.name === 'require' && !scope.find('require'))
  ) {
    const name = node.arguments[0] && machine.evaluate(node.arguments[0] as Expression, scope)
    return typeof name === 'string' ? (machine.load(name, scope.file) ?? tensorFlowOr(name)) : UNKNOWN
  }
  const called = callee.type === 'Super' ? UNKNOWN : machine.evaluate(callee as Expression, scope)
  const args = spread(machine, node.arguments, scope)
  if (!args) return UNKNOWN
  return machine.call(called, args, node, scope)
}

/** Matches the name of a package of TensorFlow.js that has its API. */
const TENSORFLOW = /^@tensorflow\/tfjs(?:-node(?:-gpu)?|-layers)?(?:$|\/)/

/** What a package exports. */
export function tensorFlowOr(name: string): TensorFlowName | typeof UNKNOWN {
  return TENSORFLOW.test(name) ? new TensorFlowName([]) : UNKNOWN
}

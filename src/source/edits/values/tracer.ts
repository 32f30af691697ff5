import type { Function as FunctionNode, Node } from '@babel/types'
import type { Program } from '../program/program.ts'
import type { Binding } from '../program/scopes.ts'
import { bare, isFunction, memberName } from '../program/syntax.ts'
import { CallIndex } from './callIndex.ts'
import { traceArray, traceObject } from './collections.ts'
import { traceCall } from './calls.ts'
import { traceBinding, traceName } from './names.ts'
import { isOutside } from './outside.ts'
import { choosing, EACH, origin, START, type Origin, type Path, type Tracer, type Way } from './origin.ts'
import { evaluate } from './evaluate.ts'
import { returnsOf } from './returns.ts'
import { traceStatic, traceThis } from './fields.ts'

/** Steps of one way. A longer one goes in circles. */
const MAX_DEPTH = 80
/** Expressions that are looked at for one layer. */
const MAX_VISITS = 20_000

/**
 * Follows values through a program to where they are written: through constants, properties, spreads, loops, parameters,
 * fields, imports and files. It looks at the text alone and knows no order of execution, so a value that may come from
 * several places has several origins.
 */
export class ValueTracer implements Tracer {
  readonly program: Program
  readonly calls: CallIndex
  #visits = 0

  constructor(program: Program) {
    this.program = program
    this.calls = new CallIndex(this)
  }

  /** Where the value at a path within an expression's value comes from, as if nothing had been followed yet. */
  start(node: Node, path: Path = []): Origin[] {
    this.#visits = 0
    return this.trace(node, path, START)
  }

  /** Where the value at a path within an expression's value comes from. */
  trace(from: Node, path: Path, before: Way): Origin[] {
    const node = bare(from)
    const way = { ...before, depth: before.depth + 1 }
    if (way.depth > MAX_DEPTH || this.#visits++ > MAX_VISITS) return [origin('unknown', node, way)]
    switch (node.type) {
      case 'NumericLiteral':
      case 'StringLiteral':
        return [path.length === 0 ? origin('literal', node, way, node.value) : origin('absent', node, way)]
      case 'NullLiteral':
        return [origin('absent', node, way)]
      case 'Identifier':
        return node.name === 'undefined' ? [origin('absent', node, way)] : traceName(this, node, path, way)
      case 'ObjectExpression':
        return traceObject(this, node, path, way)
      case 'ArrayExpression':
        return traceArray(this, node, path, way)
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return this.#traceMember(node, path, way)
      case 'ThisExpression':
        return traceThis(this, node, path, way)
      case 'ConditionalExpression':
        return [node.consequent, node.alternate].flatMap((each, i) => this.trace(each, path, choosing(way, node, i)))
      case 'LogicalExpression':
        return this.#traceDefault(node, path, way)
      case 'UnaryExpression':
        if (node.operator === '+') return this.trace(node.argument, path, way)
        if (node.operator === 'void') return [origin('absent', node, way)]
        return [origin('computed', node, way, evaluate(this, node, way))]
      case 'AssignmentExpression':
        if (node.operator === '=') return this.trace(node.right, path, way)
        return [origin('computed', node, way)]
      case 'SequenceExpression':
        return this.trace(node.expressions.at(-1)!, path, way)
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return traceCall(this, node, path, way)
      case 'ClassDeclaration':
      case 'ClassExpression':
        return path.length === 0 ? [origin('class', node, way)] : traceStatic(this, node, path, way)
      case 'BinaryExpression':
      case 'TemplateLiteral':
        return [origin('computed', node, way, evaluate(this, node, way))]
      case 'UpdateExpression':
        return [origin('computed', node, way)]
      default:
        if (!isFunction(node)) return [origin('unknown', node, way)]
        return [origin(path.length === 0 ? 'function' : 'absent', node, way)]
    }
  }

  /** Where the values that a function returns come from. */
  traceReturns(callee: FunctionNode, path: Path, way: Way): Origin[] {
    const returned = returnsOf(callee)
    return returned.flatMap((node, i) =>
      this.trace(node, path, returned.length > 1 ? choosing(way, callee.body, i) : way),
    )
  }

  traceBinding(binding: Binding, path: Path, way: Way): Origin[] {
    return traceBinding(this, binding, path, way)
  }

  /** The name of the property that a member expression reads; `EACH` where that is not known. */
  #keyOf(node: { property: Node; computed?: boolean }, way: Way): string {
    const key = memberName(node) ?? evaluate(this, node.property, way)
    return key === null ? EACH : String(key)
  }

  #traceMember(node: Node & { object: Node; property: Node; computed?: boolean }, path: Path, way: Way): Origin[] {
    if (isOutside(node)) return [origin('outside', node, way)]
    const whole = [this.#keyOf(node, way), ...path]
    if (bare(node.object).type === 'Super') return [origin('unknown', node, way)]
    return this.trace(node.object, whole, way)
  }

  /** `a || b` and `a ?? b`: what is written on the left, else on the right. */
  #traceDefault(node: Node & { left: Node; right: Node; operator: string }, path: Path, way: Way): Origin[] {
    const left = node.operator === '&&' ? [] : this.trace(node.left, path, way)
    const known = left.filter(({ kind }) => kind !== 'absent')
    if (known.length === left.length && known.length > 0 && known.every(isTruthy)) return known
    return [...known, ...this.trace(node.right, path, way)]
  }
}

function isTruthy({ kind, value }: Origin): boolean {
  return kind === 'literal' && value !== 0 && value !== ''
}

import { runAll, type Completion } from './statements.ts'
import type { Machine } from './machine.ts'
import { bind, keyName } from './patterns.ts'
import { ClassValue, FunctionValue, ListValue, ObjectValue, Scope, UNKNOWN, type Value } from '../values/values.ts'

/** Deepest nesting of calls that is followed. */
const MAX_DEPTH = 40

/** Calls functions of the code. */
export class Calls {
  readonly #machine: Machine
  /** The functions and classes that were called, by their nodes. */
  readonly called = new Set<object>()
  #depth = 0

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Runs the body. @returns unknown where the function may have returned before its end */
  call({ node, scope: outside, self }: FunctionValue, args: readonly Value[]): Value {
    const machine = this.#machine
    this.called.add(node)
    if (this.#depth >= MAX_DEPTH || node.generator) {
      machine.giveAway(args)
      return UNKNOWN
    }
    const { floor, mayJump } = machine
    const scope = new Scope(machine.born(), outside.file, outside)
    if (node.type !== 'ArrowFunctionExpression') scope.declare('this', self)
    const run = { machine, start: scope.born, mayHaveReturned: false }
    this.#depth++
    try {
      node.params.forEach((parameter, n) => {
        const rest = parameter.type === 'RestElement'
        const value = rest ? new ListValue(machine.born(), args.slice(n)) : args[n]
        bind(machine, rest ? parameter.argument : parameter, value, scope, true)
      })
      const { body } = node
      const end: Completion =
        body.type === 'BlockStatement'
          ? runAll(run, body.body, scope)
          : { type: 'return', value: machine.evaluate(body, scope) }
      return run.mayHaveReturned || end?.type === 'throw' ? UNKNOWN : end?.value
    } finally {
      this.#depth--
      machine.floor = floor
      machine.mayJump = mayJump
    }
  }

  /** An instance of a class that extends no other; unknown for others. */
  construct({ node, scope: outside }: ClassValue, args: readonly Value[]): Value {
    const machine = this.#machine
    this.called.add(node)
    if (node.superClass) {
      machine.giveAway(args)
      return UNKNOWN
    }
    const instance = new ObjectValue(machine.born())
    const scope = new Scope(machine.born(), outside.file, outside)
    scope.declare('this', instance)
    let constructor: FunctionValue | null = null
    for (const member of node.body.body) {
      if (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') {
        const name = keyName(member.key)
        const method = new FunctionValue(member, scope, instance)
        if (member.kind === 'constructor') constructor = method
        else if (!member.static && name !== UNKNOWN)
          instance.entries.set(name, member.kind === 'method' ? method : UNKNOWN)
      } else if ((member.type === 'ClassProperty' || member.type === 'ClassPrivateProperty') && !member.static) {
        const name = keyName(member.key)
        if (name !== UNKNOWN)
          instance.entries.set(name, member.value ? machine.evaluate(member.value, scope) : undefined)
      }
    }
    if (constructor) this.call(constructor, args)
    return instance
  }
}

import type { Class, Function as FunctionNode, Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, keyOf, memberName } from '../program/syntax.ts'
import { baseOf, classAround, constructorsOf } from './classes.ts'
import { START, type Tracer, type Use } from './origin.ts'

/** Who calls which function of the program. */
export class CallIndex {
  readonly #tracer: Tracer
  #uses: Map<Node, Use[]> | null = null
  #methods: Map<string, FunctionNode[]> | null = null

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /** The calls of a function, in the order of the modules and their texts. While they are being found, there are none. */
  usesOf(callee: FunctionNode): readonly Use[] {
    if (!this.#uses) {
      const found = new Map<Node, Use[]>()
      this.#uses = found
      for (const [callee, use] of this.#allUses()) found.set(callee, [...(found.get(callee) ?? []), use])
    }
    return this.#uses.get(callee) ?? []
  }

  /** The functions that a call may call: of a class its constructor. */
  calleesOf(call: Call): FunctionNode[] {
    const { type } = bare(call.callee)
    if (type === 'Super') {
      const base = baseOf(this.#tracer, classAround(this.#tracer, call))
      return constructorsOf(this.#tracer, base)
    }
    if (type === 'Import') return []
    const functions = this.#functionsIn(call.callee)
    return functions.length > 0 ? functions : this.#methodNamed(call)
  }

  #functionsIn(node: Node): FunctionNode[] {
    const origins = this.#tracer.trace(node, [], START)
    return origins.flatMap((each) => {
      if (each.kind === 'function') return [each.node as FunctionNode]
      return each.kind === 'class' ? constructorsOf(this.#tracer, each.node as Class) : []
    })
  }

  *#allUses(): Generator<[FunctionNode, Use]> {
    const calls = this.#tracer.program.calls
    const inOrder = this.#tracer.program.modules.length === 1 ? [...calls].sort(byStart) : calls
    for (const call of inOrder) {
      for (const callee of this.calleesOf(call)) yield [callee, { call, isCallback: false }]
      if (bare(call.callee).type !== 'MemberExpression') continue
      for (const argument of call.arguments) {
        if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression') continue
        for (const callee of this.#functionsIn(argument)) yield [callee, { call, isCallback: true }]
      }
    }
  }

  /** The one method of the program with the name that is called, where nothing shows whose method it is. */
  #methodNamed(call: Call): FunctionNode[] {
    const callee = bare(call.callee)
    const name = callee.type === 'MemberExpression' ? memberName(callee) : null
    if (name === null || NAMES_OF_MODELS.has(name)) return []
    this.#methods ??= methodsIn(this.#tracer)
    const methods = this.#methods.get(name) ?? []
    return methods.length === 1 ? methods : []
  }
}

/** Names of methods that models, layers, tensors and arrays have as well. */
const NAMES_OF_MODELS = new Set([
  'add',
  'apply',
  'build',
  'call',
  'compile',
  'dispose',
  'fit',
  'map',
  'predict',
  'push',
])

function byStart(a: Call, b: Call): number {
  return (a.start ?? 0) - (b.start ?? 0)
}

function methodsIn(tracer: Tracer): Map<string, FunctionNode[]> {
  const methods = new Map<string, FunctionNode[]>()
  for (const { parents } of tracer.program.modules)
    for (const node of parents.keys()) {
      if (node.type !== 'ClassMethod' && node.type !== 'ObjectMethod') continue
      const name = keyOf(node)
      if (name !== null && node.kind === 'method') methods.set(name, [...(methods.get(name) ?? []), node])
    }
  return methods
}

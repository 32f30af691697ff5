import type { Function as FunctionNode, Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import type { Program } from '../program/program.ts'
import type { Binding } from '../program/scopes.ts'

/** Names of the properties that lead from a value to one within it. `EACH` stands for any of them. */
export type Path = readonly string[]

/** A part of a path: any element of an array, or any value of an object. */
export const EACH = '*'

/** A name or property that was read on the way from an expression to where its value is written. */
export interface Step {
  /** The identifier, or `this.units`. */
  node: Node
  /** Null for a property of `this`. */
  binding: Binding | null
  /** What is read of its value. */
  path: Path
}

/**
 * Where a value comes from.
 * - `literal`: it is written at `node`.
 * - `computed`: `node` computes it.
 * - `outside`: the environment or the command line gives it.
 * - `absent`: there is no such property or argument.
 * - `function`, `class`: it is one.
 * - `file`: it is the text of a file, whose tree is `node`.
 * - `unknown`: nothing is known beyond `node`.
 */
export interface Origin {
  kind: 'literal' | 'computed' | 'outside' | 'absent' | 'function' | 'class' | 'file' | 'unknown'
  node: Node
  /** The value, as far as it is known. */
  value: number | string | null
  /** From the expression to the origin. */
  steps: readonly Step[]
  /** Which element of an array, or which caller of a function, it comes from: by the node of the array or function. */
  choices: ReadonlyMap<Node, number>
}

/** A call that is being followed: what the parameters of the function are. */
export interface Frame {
  callee: FunctionNode
  call: Call
  outer: Frame | null
}

/** What is known on the way to an origin. */
export interface Way {
  frame: Frame | null
  steps: readonly Step[]
  choices: ReadonlyMap<Node, number>
  depth: number
}

export const START: Way = { frame: null, steps: [], choices: new Map(), depth: 0 }

/** An origin at the end of a way. */
export function origin(kind: Origin['kind'], node: Node, way: Way, value: Origin['value'] = null): Origin {
  return { kind, node, value, steps: way.steps, choices: way.choices }
}

/** The way on, past one of several alternatives. */
export function choosing(way: Way, at: Node, index: number): Way {
  return { ...way, choices: new Map([...way.choices, [at, index]]) }
}

/** The way on, into a function that is called. */
export function entering(way: Way, callee: FunctionNode, call: Call): Way {
  return { ...way, frame: { callee, call, outer: way.frame } }
}

/** A call of a function, or a call that gets the function as a callback. */
export interface Use {
  call: Call
  isCallback: boolean
}

/** What the parts of the tracer use of it. */
export interface Tracer {
  readonly program: Program
  readonly calls: { usesOf(callee: FunctionNode): readonly Use[] }
  /** Where the value at a path within an expression's value comes from. */
  trace(node: Node, path: Path, way: Way): Origin[]
  /** Where the values that a function returns come from. */
  traceReturns(callee: FunctionNode, path: Path, way: Way): Origin[]
  /** Where all that is assigned to a name comes from. */
  traceBinding(binding: Binding, path: Path, way: Way): Origin[]
}

import type { ArrowFunctionExpression, Class, Function as FunctionNode } from '@babel/types'

/** The value of an expression that depends on what the code alone does not tell. */
export const UNKNOWN: unique symbol = Symbol('unknown')

/** The value of an expression, as far as the reader needs it. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | typeof UNKNOWN
  | ListValue
  | ObjectValue
  | FunctionValue
  | ClassValue
  | NativeFunction
  | TensorFlowName
  | LayerValue
  | TensorValue
  | ModelValue

/**
 * A value that code can change. `born` counts values and scopes in the order of their making: where it is uncertain
 * whether code runs, the code may change only what was made since.
 */
abstract class Changeable {
  readonly born: number
  constructor(born: number) {
    this.born = born
  }
}

/** An array. */
export class ListValue extends Changeable {
  items: Value[]
  /** Whether length and items are still those in `items`. */
  known = true
  constructor(born: number, items: Value[]) {
    super(born)
    this.items = items
  }
}

/** An object, the exports of a module, or an instance of a class. */
export class ObjectValue extends Changeable {
  readonly entries: Map<string, Value>
  /** Whether properties that are not in `entries` are missing; otherwise they are unknown. */
  known = true
  constructor(born: number, entries: Iterable<readonly [string, Value]> = []) {
    super(born)
    this.entries = new Map(entries)
  }
}

/** A function of the code with the scope that it closes over. */
export class FunctionValue {
  readonly node: FunctionNode | ArrowFunctionExpression
  readonly scope: Scope
  /** The object of a method. */
  readonly self: Value
  constructor(node: FunctionNode | ArrowFunctionExpression, scope: Scope, self: Value) {
    this.node = node
    this.scope = scope
    this.self = self
  }
}

/** A class of the code. */
export class ClassValue {
  readonly node: Class
  readonly scope: Scope
  constructor(node: Class, scope: Scope) {
    this.node = node
    this.scope = scope
  }
}

/** A function of the language, such as `Math.max` or a method of an array. */
export class NativeFunction {
  readonly call: (args: readonly Value[]) => Value
  constructor(call: (args: readonly Value[]) => Value) {
    this.call = call
  }
}

/** TensorFlow.js (`[]`) or something of it: `['layers', 'dense']`. */
export class TensorFlowName {
  readonly path: readonly string[]
  constructor(path: readonly string[]) {
    this.path = path
  }
}

/** A layer that was constructed. */
export class LayerValue {
  /** Index in the reading's `layers`. */
  readonly index: number
  /** What the layer gave at its latest application; null before the first. */
  output: TensorValue | null = null
  constructor(index: number) {
    this.index = index
  }
}

/** A symbolic tensor. */
export class TensorValue {
  readonly application: number
  readonly output: number
  constructor(application: number, output: number) {
    this.application = application
    this.output = output
  }
}

/** A model under construction. A sequential one takes further layers. */
export class ModelValue extends Changeable {
  readonly sequential: boolean
  /** The layers and models that a sequential one consists of, in order. */
  readonly members: (LayerValue | ModelValue)[] = []
  /** Null while there is none. */
  inputs: readonly TensorValue[] | null = null
  /** Null where it is not known. */
  outputs: readonly TensorValue[] | null = null
  /** Whether `outputs` are what the code makes: false once something unknown may have been added. */
  known = true
  /** Whether code that is not known has got it. What it may have added is known to nobody. */
  escaped = false
  constructor(born: number, sequential: boolean) {
    super(born)
    this.sequential = sequential
  }
}

/** The variables of a block, a function or a module. */
export class Scope {
  readonly born: number
  /** Path of the module that the code is in. */
  readonly file: string
  readonly #parent: Scope | null
  readonly #variables = new Map<string, Value>()

  constructor(born: number, file: string, parent: Scope | null) {
    this.born = born
    this.file = file
    this.#parent = parent
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name, value)
  }

  /** Whether this scope itself declares the name. */
  declares(name: string): boolean {
    return this.#variables.has(name)
  }

  /** The value of a variable; null where no scope declares the name. */
  find(name: string): { value: Value } | null {
    if (this.#variables.has(name)) return { value: this.#variables.get(name) }
    return this.#parent?.find(name) ?? null
  }

  /** Assigns to a variable. @param floor the value of a scope that is older becomes unknown */
  assign(name: string, value: Value, floor: number): void {
    if (this.#variables.has(name)) this.#variables.set(name, this.born >= floor ? value : UNKNOWN)
    else this.#parent?.assign(name, value, floor)
  }
}

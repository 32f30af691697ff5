import type { Expression, Node } from '@babel/types'
import { parseCode, type ParsedCode } from '../parse.ts'
import { readLocalImport, type ReadText } from '../localImports.ts'
import { evaluate, tensorFlowOr } from './code/expressions.ts'
import { Calls } from './code/functions.ts'
import { StepsExhausted, type Machine } from './code/machine.ts'
import { runModule } from './code/modules.ts'
import type { ModelReading } from './reading.ts'
import { Recording } from './recording.ts'
import { callTensorFlow } from './values/tensorflow.ts'
import {
  ClassValue,
  FunctionValue,
  ListValue,
  ModelValue,
  NativeFunction,
  ObjectValue,
  Scope,
  TensorFlowName,
  UNKNOWN,
  type Value,
} from './values/values.ts'

/** Steps that are taken at most for one file: some hundred milliseconds. */
const MAX_STEPS = 100_000
/** Steps that are taken at most for one loop: enough for hundreds of layers. Loops over data take more. */
const MAX_LOOP_STEPS = 10_000
/** Files of the project that are read for one. */
const MAX_FILES = 40
/** Matches the text of a file that may construct layers. */
const MENTIONS_LAYERS = /\blayers\b|\bsequential\b/

/**
 * Reads the models that a file makes: its code is followed from top to bottom with the values of its constants, loops over
 * known arrays, calls of its functions and of the modules of the project that it imports. Functions that nothing calls are
 * followed with their default arguments. What depends on anything else (data, arguments of the command line, random
 * numbers) stays unknown, and so does what such a value may have changed.
 * @param read reads imported modules; without it only the file itself is followed
 * @returns null when the text cannot be parsed or takes too long; without layers, an empty reading.
 */
export function readModels(text: string, fileName: string, read: ReadText = () => null): ModelReading | null {
  if (!MENTIONS_LAYERS.test(text)) return { layers: [], applications: [], models: [] }
  const parsed = parseCode(text, fileName)
  if (!parsed) return null
  const reader = new Reader(read)
  try {
    reader.read(parsed, fileName)
  } catch (error) {
    if (error instanceof StepsExhausted || error instanceof RangeError) return null
    throw error
  }
  const { layers, applications } = reader.recording
  return { layers, applications, models: reader.recording.finishedModels() }
}

class Reader implements Machine {
  readonly recording = new Recording()
  floor = 0
  mayJump = false
  readonly #read: ReadText
  readonly #calls = new Calls(this)
  readonly #modules = new Map<string, ObjectValue>()
  /** Functions and classes of the file itself, to be followed where nothing calls them. */
  readonly #own: (FunctionValue | ClassValue)[] = []
  #file = ''
  #count = 0
  #steps = 0
  #limit = MAX_STEPS

  constructor(read: ReadText) {
    this.#read = read
  }

  read(parsed: ParsedCode, file: string): void {
    this.#file = file
    this.#run(parsed, file)
    // Following a function may make further ones.
    for (let at = 0; at < this.#own.length; at++) {
      const own = this.#own[at]!
      if (this.#calls.called.has(own.node)) continue
      this.uncertainly(() => {
        if (own instanceof ClassValue) this.#callAll(this.#calls.construct(own, []))
        else this.#calls.call(own, defaults(own))
      })
    }
  }

  step(): void {
    if (++this.#steps > this.#limit) throw new StepsExhausted()
  }

  born(): number {
    return ++this.#count
  }

  made<T extends FunctionValue | ClassValue>(value: T): T {
    if (value.scope.file === this.#file) this.#own.push(value)
    return value
  }

  evaluate(node: Expression, scope: Scope): Value {
    return evaluate(this, node, scope)
  }

  call(callee: Value, args: readonly Value[], place?: Node, scope?: Scope): Value {
    if (callee instanceof FunctionValue) return this.#calls.call(callee, args)
    if (callee instanceof ClassValue) return this.#calls.construct(callee, args)
    if (callee instanceof NativeFunction) return this.#native(callee, args)
    if (callee instanceof TensorFlowName && place && scope) {
      const at = { file: scope.file, start: place.start ?? 0, end: place.end ?? 0 }
      return callTensorFlow(this, callee.path, args, at)
    }
    // `Array(3)` and `new Array(3)`: an object of the language with a function of its own.
    const native = callee instanceof ObjectValue ? callee.entries.get('call') : null
    if (native instanceof NativeFunction) return this.#native(native, args)
    this.giveAway(args)
    return UNKNOWN
  }

  uncertainly<T>(run: () => T): T {
    const before = this.floor
    this.floor = this.born()
    try {
      return run()
    } finally {
      this.floor = before
    }
  }

  bounded<T>(run: () => T, otherwise: () => T): T {
    const before = this.#limit
    this.#limit = Math.min(before, this.#steps + MAX_LOOP_STEPS)
    try {
      return run()
    } catch (error) {
      if (!(error instanceof StepsExhausted) || this.#steps >= before) throw error
    } finally {
      this.#limit = before
    }
    return otherwise()
  }

  repeatedly(run: () => void): void {
    // The first time finds what the code changes, which is unknown from then on; the second time counts.
    this.recording.muted++
    try {
      this.uncertainly(run)
    } finally {
      this.recording.muted--
    }
    this.uncertainly(run)
  }

  giveAway(args: readonly Value[]): void {
    for (const value of args) {
      if (value instanceof ModelValue) value.escaped = true
      else if (value instanceof ListValue && value.known)
        value.items.forEach((item) => item instanceof ModelValue && this.giveAway([item]))
      else if (value instanceof FunctionValue && !this.#calls.called.has(value.node)) this.#callWithUnknown(value)
    }
  }

  load(name: string, importer: string): ObjectValue | null {
    const found = this.#modules.size < MAX_FILES ? readLocalImport(name, importer, this.#read) : null
    if (!found) return null
    const known = this.#modules.get(found.file)
    if (known) return known
    const parsed = parseCode(found.text, found.file)
    return parsed && this.#run(parsed, found.file)
  }

  /** Calls a function of the language, which may be a loop over an array. */
  #native(callee: NativeFunction, args: readonly Value[]): Value {
    return this.bounded(
      () => callee.call(args),
      () => {
        for (const value of args) if (value instanceof FunctionValue) this.#callWithUnknown(value)
        return UNKNOWN
      },
    )
  }

  #callWithUnknown(callee: FunctionValue): void {
    const unknown = callee.node.params.map((): Value => UNKNOWN)
    this.repeatedly(() => void this.#calls.call(callee, unknown))
  }

  #run(parsed: ParsedCode, file: string): ObjectValue {
    const exports = new ObjectValue(this.born())
    this.#modules.set(file, exports)
    const scope = new Scope(this.born(), file, null)
    runModule(this, parsed.statements, scope, exports, (name) => this.load(name, file) ?? tensorFlowOr(name))
    return exports
  }

  /** Calls the methods of an instance. */
  #callAll(instance: Value): void {
    if (!(instance instanceof ObjectValue)) return
    for (const value of instance.entries.values()) {
      if (!(value instanceof FunctionValue) || this.#calls.called.has(value.node)) continue
      this.#calls.call(value, defaults(value))
    }
  }
}

/** Arguments of a call that nothing in the code makes: defaults where the function has them. */
function defaults({ node }: FunctionValue): Value[] {
  return node.params.map(({ type }): Value => (type === 'AssignmentPattern' ? undefined : UNKNOWN))
}

import type { Expression, Node } from '@babel/types'
import type { Recording } from '../recording.ts'
import type { ClassValue, FunctionValue, ObjectValue, Scope, Value } from '../values/values.ts'

/** Thrown when a file needs more steps than reading may take. */
export class StepsExhausted extends Error {}

/** What the parts of the reader share while they follow the code. */
export interface Machine {
  readonly recording: Recording
  /** Values and scopes that were made before this may not change: it is uncertain whether the present code runs. */
  floor: number
  /** Whether a `break` or `continue` may have been met in the present loop. */
  mayJump: boolean
  /** Counts a step. @throws StepsExhausted */
  step(): void
  /** The number of a new value or scope. */
  born(): number
  /** Remembers a function or a class, which is followed later if nothing calls it. */
  made<T extends FunctionValue | ClassValue>(value: T): T
  evaluate(node: Expression, scope: Scope): Value
  /** Calls a function or constructs an instance. What is no known function gets its arguments as `giveAway` does. */
  call(callee: Value, args: readonly Value[], place?: Node, scope?: Scope): Value
  /** Runs code of which it is uncertain whether it runs. It cannot change what is older; that becomes unknown instead. */
  uncertainly<T>(run: () => T): T
  /** Runs a loop. If it takes too many steps, which loops over data do, `otherwise` runs in its place. */
  bounded<T>(run: () => T, otherwise: () => T): T
  /** Runs code that may run any number of times. */
  repeatedly(run: () => void): void
  /** Arguments go to code that is not known, which may call functions and add to models. */
  giveAway(args: readonly Value[]): void
  /** The exports of a module; null where it is no file of the project. */
  load(name: string, importer: string): ObjectValue | null
}

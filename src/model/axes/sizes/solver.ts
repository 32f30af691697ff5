import type { Relation } from '../relations.ts'
import type { Given } from '../ties.ts'
import { constant, isZero, plus, quotient, times, variable, widthsOf, type Polynomial } from './polynomial.ts'

/** What the solver needs to know. Sets of axes are named by their roots. */
export interface Unsolved {
  relations: readonly Relation[]
  find: (axis: number) => number
  sizeOf: (axis: number) => number
  /** Sets whose size is chosen, with the layers that choose it. */
  chosen: ReadonlyMap<number, ReadonlySet<string>>
  /** Sets whose size is given, and by what. */
  given: ReadonlyMap<number, Given>
  /** Sets that hold an axis of a weight, with the layers that it is a weight of. */
  weights: ReadonlyMap<number, ReadonlySet<string>>
}

/** An equation that does not hold for all widths, or whose form nothing shows. */
export interface Equation {
  readonly sides: readonly [Polynomial, Polynomial]
  /** What gives the sizes on each side, as far as they are given. */
  readonly reasons: readonly [Given | null, Given | null]
  readonly operation: string
}

/** Expresses the size of each set of axes by the widths that layers choose. */
export class SizeSolver {
  /** By set. Sets in no relation may be missing: their size stays. */
  readonly expressions = new Map<number, Polynomial>()
  /** What gives the size of a set, for sets that depend on no chosen width. */
  readonly reasons = new Map<number, Given>()
  /** By which operation a set's expression was found. */
  readonly operations = new Map<number, string>()
  readonly equations: Equation[] = []
  readonly #unsolved: Unsolved
  #pending: Relation[]
  readonly #weights: Map<number, ReadonlySet<string>>

  constructor(unsolved: Unsolved) {
    this.#unsolved = unsolved
    this.#weights = new Map(unsolved.weights)
    const { relations, find, given, chosen } = unsolved
    for (const [set, by] of given) this.#setConstant(set, by)
    for (const set of chosen.keys()) this.expressions.set(set, variable(set))
    this.#pending = relations.map((relation) => ({
      ...relation,
      inputs: relation.inputs.map(find),
      outputs: relation.outputs.map(find),
    }))
    for (const { inputs, outputs } of this.#pending) {
      const [only] = inputs
      const layers = inputs.length === 1 ? this.#weights.get(only!) : undefined
      // Parts of a weight, as a recurrent kernel's gates.
      if (layers) for (const set of outputs) if (!this.#weights.has(set)) this.#weights.set(set, layers)
    }
    const targets = new Set(this.#pending.flatMap(({ outputs }) => outputs))
    while (this.#pending.length > 0) {
      const count = this.#pending.length
      this.#pending = this.#pending.filter((relation) => !this.#solve(relation))
      if (this.#pending.length === count && !this.#assume((set) => !targets.has(set))) this.#giveUp()
    }
  }

  /** Uses a relation to find the one size in it that is not known yet. @returns false where it cannot be used yet. */
  #solve(relation: Relation): boolean {
    const { inputs, outputs, operation } = relation
    const open = new Set([...inputs, ...outputs].filter((set) => !this.expressions.has(set)))
    const [set] = open
    if (set === undefined) {
      this.#check(relation)
      return true
    }
    if (open.size > 1) return false
    const isOutput = outputs.includes(set)
    const expression = this.#solution(relation, set)
    if (expression && !isOutput && !this.#adapts(set, expression)) return false
    if (!expression && !isOutput) return false
    if (expression && widthsOf(expression).size > 0) this.expressions.set(set, expression)
    else this.#setConstant(set, this.#reasonOf([...inputs, ...outputs]))
    this.operations.set(set, operation)
    if (!expression) this.#check(relation)
    return true
  }

  /** The size of the set that is open in a relation; null where it is no polynomial, or nothing shows it. */
  #solution(relation: Relation, set: number): Polynomial | null {
    const { kind, inputs, outputs, up, down } = relation
    const isOutput = outputs.includes(set)
    const [own, other] = isOutput ? [outputs, inputs] : [inputs, outputs]
    const known = own.filter((axis) => axis !== set)
    const count = own.length - known.length
    if (other.includes(set) || kind === 'cut') return null
    if (kind === 'sum') return quotient(plus(this.#sum(other), this.#sum(known), -1), constant(count))
    if (kind === 'product') return count > 1 ? null : quotient(this.#product(other), this.#product(known))
    const shift = constant(shiftOf(relation, this.#unsolved.sizeOf))
    return isOutput
      ? quotient(plus(times(constant(up), this.#sum(other)), shift), constant(down))
      : quotient(plus(times(constant(down), this.#sum(other)), shift, -1), constant(up))
  }

  /** Notes an equation that does not hold whatever the widths are. */
  #check(relation: Relation): void {
    const { kind, inputs, outputs, up, down, operation } = relation
    const sides: [Polynomial, Polynomial] =
      kind === 'product'
        ? [this.#product(inputs), this.#product(outputs)]
        : kind === 'linear'
          ? [
              plus(times(constant(up), this.#sum(inputs)), constant(shiftOf(relation, this.#unsolved.sizeOf))),
              times(constant(down), this.#sum(outputs)),
            ]
          : [this.#sum(inputs), this.#sum(outputs)]
    const isHeld = kind === 'cut' ? sides.every((side) => widthsOf(side).size === 0) : isZero(plus(...sides, -1))
    if (!isHeld) this.equations.push({ sides, reasons: [this.#reasonOf(inputs), this.#reasonOf(outputs)], operation })
  }

  /** An input's size can follow from outputs only where a layer derives it, as a recurrent kernel's from its units. */
  #adapts(set: number, expression: Polynomial): boolean {
    const { chosen } = this.#unsolved
    const layers = this.#weights.get(set)
    if (!layers) return false
    return [...widthsOf(expression)].every((width) => [...layers].some((layer) => chosen.get(width)?.has(layer)))
  }

  /** Takes the present size of open sets for constant. @returns whether there were such. */
  #assume(isMeant: (set: number) => boolean): boolean {
    const count = this.expressions.size
    for (const { inputs, outputs } of this.#pending)
      for (const set of [...inputs, ...outputs])
        if (!this.expressions.has(set) && isMeant(set)) this.#setConstant(set, null)
    return this.expressions.size > count
  }

  /** Nothing shows the sizes in the first of the open relations: they are taken for constant. */
  #giveUp(): void {
    const [first] = this.#pending
    if (!first) return
    const sets = new Set([...first.inputs, ...first.outputs])
    const sides = [first.inputs, first.outputs].map((axes) =>
      this.#sum(axes.filter((set) => this.expressions.has(set))),
    ) as [Polynomial, Polynomial]
    this.equations.push({ sides, reasons: [null, null], operation: first.operation })
    this.#assume((set) => sets.has(set))
  }

  #setConstant(set: number, by: Given | null): void {
    this.expressions.set(set, constant(this.#unsolved.sizeOf(set)))
    if (by) this.reasons.set(set, by)
  }

  /** What gives sizes, where one of them is given. That the code names one of them is the closest reason. */
  #reasonOf(sets: readonly number[]): Given | null {
    const reasons = sets.flatMap((set) => this.reasons.get(set) ?? [])
    return reasons.find((reason) => reason === 'constant') ?? reasons[0] ?? null
  }

  #sum(sets: readonly number[]): Polynomial {
    return sets.reduce((sum, set) => plus(sum, this.expressions.get(set)!), constant(0))
  }

  #product(sets: readonly number[]): Polynomial {
    return sets.reduce((product, set) => times(product, this.expressions.get(set)!), constant(1))
  }
}

/** The number in a linear relation, which the present sizes show. */
function shiftOf({ inputs, outputs, up, down }: Relation, sizeOf: (axis: number) => number): number {
  return down * sizeOf(outputs[0]!) - up * sizeOf(inputs[0]!)
}

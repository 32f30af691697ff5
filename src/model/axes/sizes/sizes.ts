import type { AxisGraph } from '../axisGraph.ts'
import type { Relation } from '../relations.ts'
import type { Given } from '../ties.ts'
import { admissibleSizes, type Admissible } from './admissibleSizes.ts'
import { plus, widthsOf } from './polynomial.ts'
import { SizeSolver, type Equation } from './solver.ts'

/** What is known of the size of a set of axes. */
export interface Size extends Admissible {
  /** What gives the size; null where nothing does. */
  given: Given | null
  /**
   * A function that may need the size, or the reason why code beyond the step may (`neededByCode.ts`); null where all is
   * understood.
   */
  unknown: string | null
}

/** Data and labels are what a person can be told; a constant in the code may be all that shows of them. */
const REASONS = ['data', 'weights', 'constant'] as const

/**
 * Finds what is known of every axis' size.
 * @param relations those of the graph, each once
 * @param chosen axes whose size a layer chooses.
 * @param further axes whose size is given, or may be needed, beside those of the graph
 * @returns a function from an axis to what is known of its size.
 */
export function sizesOf(
  graph: AxisGraph,
  relations: readonly Relation[],
  chosen: readonly { axis: number; layer: string }[],
  further: {
    readonly given: readonly (readonly [axis: number, by: Given])[]
    readonly unknown: readonly (readonly [axis: number, reason: string])[]
  },
): (axis: number) => Size {
  const find = (axis: number) => graph.sets.find(axis)
  const choosers = new Map<number, Set<string>>()
  for (const { axis, layer } of chosen) addTo(choosers, find(axis), layer)
  const weights = new Map<number, Set<string>>()
  for (const { first, shape, layers } of graph.weights.values())
    shape.forEach((_, axis) => layers.forEach((layer) => addTo(weights, find(first + axis), layer)))
  const givenSets = new Map<number, Given>()
  for (const reason of REASONS)
    for (const [axis, by] of [...graph.given, ...further.given]) {
      const set = find(axis)
      if (by === reason && !givenSets.has(set)) givenSets.set(set, by)
    }
  const sizeOf = (axis: number) => graph.sizeOf(axis)
  const solver = new SizeSolver({ relations, find, sizeOf, chosen: choosers, given: givenSets, weights })
  const givenBy = givenWidths(solver, givenSets)
  const unknownBy = unknownWidths(
    solver,
    [...graph.unknown, ...further.unknown].map(([axis, operation]) => [find(axis), operation]),
    givenBy,
  )
  const isFree = (width: number) => !givenBy.has(width) && !unknownBy.has(width)
  for (const [set, kind] of builtFromInputs(graph, (each) => widthsIn(solver, each).some(isFree)))
    for (const width of widthsIn(solver, set)) if (isFree(width)) unknownBy.set(width, kind)
  const admissible = admissibleSizes(solver.expressions, isFree, sizeOf)
  return (axis) => {
    const set = find(axis)
    const widths = widthsIn(solver, set)
    const isGiven = widths.length > 0 && widths.every((width) => givenBy.has(width))
    return {
      given: givenSets.get(set) ?? solver.reasons.get(set) ?? (isGiven ? givenBy.get(widths[0]!)! : null),
      unknown: widths.map((width) => unknownBy.get(width)).find((operation) => operation !== undefined) ?? null,
      ...(admissible.get(set) ?? { multiple: 1, offset: 0 }),
    }
  }
}

/** The widths that a set's size depends on. */
function widthsIn({ expressions }: SizeSolver, set: number): number[] {
  const expression = expressions.get(set)
  return expression ? [...widthsOf(expression)] : []
}

/**
 * The inputs of layers of the program that have a weight of the same size, which no operation ties to the input and
 * which does not change with another width either: the layer may have built it from the shape of its input.
 */
function* builtFromInputs(graph: AxisGraph, isFree: (set: number) => boolean): Generator<[set: number, kind: string]> {
  const { sets, programCalls, weights } = graph
  if (programCalls.length === 0) return
  for (const { layer, kind, axis } of programCalls)
    for (const { first, shape, layers } of weights.values()) {
      if (!layers.has(layer)) continue
      const sizes = shape.map((size, i) => ({ size, set: sets.find(first + i) }))
      const isMeant = ({ size, set }: { size: number; set: number }) =>
        size > 1 && size === graph.sizeOf(axis) && set !== sets.find(axis) && !isFree(set)
      if (sizes.some(isMeant)) yield [sets.find(axis), kind]
    }
}

function addTo(map: Map<number, Set<string>>, key: number, value: string): void {
  const known = map.get(key) ?? new Set()
  map.set(key, known.add(value))
}

/** The widths that are given: because a size that depends on them is, or because an equation has to hold. */
function givenWidths(solver: SizeSolver, givenSets: ReadonlyMap<number, Given>): Map<number, Given> {
  const givenBy = new Map<number, Given>()
  const add = (widths: Iterable<number>, by: Given) => {
    for (const width of widths) if (!givenBy.has(width)) givenBy.set(width, by)
  }
  for (const [set, by] of givenSets) add(widthsOf(solver.expressions.get(set)!), by)
  for (let count = -1; count !== givenBy.size;) {
    count = givenBy.size
    for (const { sides, reasons } of solver.equations)
      for (const [i, side] of sides.entries()) {
        const widths = [...widthsOf(side)]
        const by = reasons[i] ?? givenBy.get(widths[0]!)
        if (by && widths.every((width) => givenBy.has(width))) add(openWidths({ sides }, givenBy), by)
      }
  }
  return givenBy
}

/** The widths that a function may need, or on which an equation depends that has to hold. */
function unknownWidths(
  solver: SizeSolver,
  unknown: readonly (readonly [set: number, operation: string])[],
  givenBy: ReadonlyMap<number, Given>,
): Map<number, string> {
  const unknownBy = new Map<number, string>()
  const add = (widths: Iterable<number>, operation: string) => {
    for (const width of widths) if (!unknownBy.has(width)) unknownBy.set(width, operation)
  }
  for (const [set, operation] of unknown) {
    const expression = solver.expressions.get(set)
    if (expression) add(widthsOf(expression), operation)
  }
  for (const equation of solver.equations) add(openWidths(equation, givenBy), equation.operation)
  for (const [set, expression] of solver.expressions) {
    // A size that falls while a width rises, or that has no simple lower bound.
    const { terms } = expression
    const isBounded = (terms.get('') ?? 0) < 0
    const isLinear = [...terms.keys()].every((key) => !key.includes(','))
    const falls = [...terms].some(([key, coefficient]) => key !== '' && coefficient < 0)
    if (falls || (isBounded && !isLinear)) add(widthsOf(expression), solver.operations.get(set) ?? '')
  }
  return unknownBy
}

/** The widths that an equation leaves open. */
function openWidths({ sides }: Pick<Equation, 'sides'>, givenBy: ReadonlyMap<number, Given>): number[] {
  const difference = widthsOf(plus(...sides, -1))
  // An equation whose form is not known may need all of its widths.
  const widths = difference.size > 0 ? difference : new Set(sides.flatMap((side) => [...widthsOf(side)]))
  return [...widths].filter((width) => !givenBy.has(width))
}

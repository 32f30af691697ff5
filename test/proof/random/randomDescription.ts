import fc from 'fast-check'
import type { Description } from './description.ts'
import { Growing, widthOf, type Value } from './growing.ts'
import { MOVES, type Move } from './moves.ts'

interface Choices {
  way: Description['way']
  batch: number
  inputs: readonly { kind: 'vector' | 'sequence' | 'image' | 'ids'; size: number }[]
  moves: readonly Move[]
  /** For each value that nothing takes, which loss it gets. */
  ends: readonly number[]
}

const MAX_LOSSES = 3
const any = fc.nat(10_000)

const choices: fc.Arbitrary<Choices> = fc.record({
  way: fc.constantFrom('model', 'loop'),
  batch: fc.integer({ min: 2, max: 4 }),
  inputs: fc.array(
    fc.record({ kind: fc.constantFrom('vector', 'sequence', 'image', 'ids'), size: fc.integer({ min: 2, max: 5 }) }),
    { minLength: 1, maxLength: 2 },
  ),
  moves: fc.array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(MOVES) as (keyof typeof MOVES)[])),
      a: any,
      b: any,
      width: fc.integer({ min: 2, max: 12 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  ends: fc.array(any, { minLength: MAX_LOSSES, maxLength: MAX_LOSSES }),
})

/** Random programs, as data. Fewer choices make a smaller program, so that a counterexample shrinks to few calls. */
export const randomDescription: fc.Arbitrary<Description> = choices.map(describeChoices)

function describeChoices({ way, batch, inputs, moves, ends }: Choices): Description {
  const model = new Growing(way, batch)
  for (const { kind, size } of inputs) {
    if (kind === 'vector') model.input([size], null)
    else if (kind === 'sequence') model.input([3, size], null)
    else if (kind === 'image') model.input([3, 3, size], null)
    else {
      model.input([3], 7)
      model.layer('embedding', [model.values.at(-1)!], [3], size + 1, { inputDim: 7 })
    }
  }
  // Data goes through a layer first, as it mostly does.
  for (const value of model.values.filter(({ owner, isIds }) => owner === null && !isIds))
    model.project(value, 3 + value.shape.length)
  for (const { kind, ...parameters } of moves) MOVES[kind](model, parameters)
  addLosses(model, ends)
  return model.finished()
}

/** Gives every value that nothing takes a way to a loss. */
function addLosses(model: Growing, ends: readonly number[]): void {
  const open = [...new Set(model.unused().map((value) => toVector(model, value)))]
  const shown = open.slice(0, MAX_LOSSES - 1)
  const rest = open.slice(MAX_LOSSES - 1)
  if (rest.length === 1) shown.push(rest[0]!)
  else if (rest.length > 1)
    shown.push(model.pass('concatenate', rest, [rest.reduce((sum, value) => sum + widthOf(value), 0)], {}, null))
  shown.forEach((value, i) => addLoss(model, value, ends[i]!))
}

function toVector(model: Growing, value: Value): Value {
  if (value.shape.length === 3) return model.pass('globalAveragePooling2d', [value], [widthOf(value)])
  return value.shape.length === 2 ? model.pass('globalAveragePooling1d', [value], [widthOf(value)]) : value
}

function addLoss(model: Growing, value: Value, turn: number): void {
  const heads = model.way === 'model' ? ['labels', 'classes', 'numbers'] : ['labels', 'classes', 'policy']
  const others = ['squares', 'distance', 'contrast']
  const kind = model.way === 'loop' && turn % 4 === 0 ? others[turn % 3]! : heads[turn % 3]!
  if (kind === 'squares' || (others.includes(kind) && widthOf(value) === 1))
    model.losses.push({ kind: 'squares', from: [value.name], size: 0 })
  else if (others.includes(kind)) {
    const other = model.like(value, turn)
    model.tie(value, other)
    model.losses.push({ kind, from: [value.name, other.name], size: 0 })
  } else {
    const size = 2 + (turn % 5)
    const isModel = model.way === 'model' && kind !== 'labels'
    const head = model.layer('dense', [value], [], size, isModel ? { activation: 'softmax' } : {})
    model.losses.push({ kind, from: [head.name], size })
  }
}

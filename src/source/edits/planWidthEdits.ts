import type { Node } from '@babel/types'
import type { ReadText } from '../localImports.ts'
import { clusters, type Outcome } from './clusters.ts'
import { editsHere } from './editsHere.ts'
import { numberIn, numbersOf, type LayerNumbers } from './layerNumbers.ts'
import { formOf, placeOf } from './places.ts'
import type { Reason, WidthEdit, WidthPlan, WidthRefusal, WidthRequest } from './plan.ts'
import { Program } from './program/program.ts'
import { childrenOf } from './program/syntax.ts'
import { otherReads } from './reads.ts'
import { originsAt, pathOf } from './site.ts'
import { EACH, type Origin } from './values/origin.ts'
import { ValueTracer } from './values/tracer.ts'
import { writeNumber } from './writeNumber.ts'

/**
 * Finds where the widths of layers are written, and the edits that change them: of literals, constants, properties,
 * defaults, arguments, fields and JSON files. A number that several layers share is changed for all of them or for none.
 * Each wanted change is in exactly one of the three lists. Formatting and comments stay.
 * @param read returns the text of a file: of open documents as they are now, and null where there is no such file
 */
export function planWidthEdits(request: WidthRequest, read: ReadText): WidthPlan {
  return new WidthPlanner(request, read).plan()
}

class WidthPlanner {
  readonly #request: WidthRequest
  readonly #program: Program
  readonly #tracer: ValueTracer
  readonly #layers: readonly LayerNumbers[]
  /** By name or `this` on the ways from layers to numbers: ids of these layers. */
  readonly #passed = new Map<Node, Set<string>>()

  constructor(request: WidthRequest, read: ReadText) {
    const { script, layers, cwd } = request
    this.#request = request
    const files = [...(script === null ? [] : [script]), ...layers.map(({ file }) => file)]
    this.#program = new Program([...new Set(files)], read, cwd)
    this.#tracer = new ValueTracer(this.#program)
    this.#layers = numbersOf(this.#program, this.#tracer, layers)
    for (const { layer, candidates } of this.#layers)
      for (const { steps } of candidates)
        for (const { node } of steps) this.#passed.set(node, (this.#passed.get(node) ?? new Set()).add(layer.layer))
  }

  plan(): WidthPlan {
    const outcomes: Outcome[] = []
    const numbers = new Set<Node>()
    for (const each of this.#layers) {
      const { layer } = each
      if (layer.to === layer.from || this.#adapts(each)) continue
      const reason = this.#reasonAgainst(each)
      if (reason) outcomes.push({ refusal: refusalOf([each], reason) })
      else for (const { node } of each.candidates) numbers.add(node)
    }
    for (const number of numbers) outcomes.push(...this.#change(number))
    return clusters(outcomes, this.#request)
  }

  /** Whether nothing has to be written: the property is not given, or one of the sizes adapts to the others (`-1`). */
  #adapts({ layer, call, origins, candidates }: LayerNumbers): boolean {
    if (layer.optional && origins.every(({ kind }) => kind === 'absent' || kind === 'unknown')) return true
    // An input shape that is not what the run had is ignored: only that of a model's first layer counts.
    if (layer.optional && candidates.length === 0) return true
    const [property, ...index] = pathOf(layer.property)
    if (!call || index.length === 0) return false
    const sizes = originsAt(this.#tracer, call, [property!, EACH])
    return sizes.some(({ kind, value }) => value === -1 || kind === 'absent')
  }

  /** Why a layer's width cannot be changed, whatever the others need; null where it can. */
  #reasonAgainst({ layer, call, origins, candidates }: LayerNumbers): Reason | null {
    if (!call) return { kind: 'no construction' }
    const [first] = candidates
    const computed = candidates.find(({ kind }) => kind === 'computed')
    if (computed) return this.#computed(computed.node)
    const unknown = candidates.find(({ kind }) => kind === 'unknown')
    if (unknown) return { kind: 'unknown', place: placeOf(this.#program, unknown.node) }
    if (!first) return this.#reasonWithoutNumber(call, origins)
    const places = new Map(candidates.map(({ node }) => [node, placeOf(this.#program, node)]))
    if (places.size === 1) return null
    // Nothing shows which of the numbers is the layer's, so all of them have to change alike.
    const isAlike = this.#usersOf([...places.keys()]).every(({ layer: other }) => other.to === layer.to)
    return isAlike ? null : { kind: 'ambiguous', places: [...places.values()] }
  }

  #reasonWithoutNumber(call: Node, origins: readonly Origin[]): Reason {
    const values = origins.flatMap((each) => {
      const value = each.kind === 'literal' ? numberIn(each) : null
      return value === null ? [] : [{ value, place: placeOf(this.#program, each.node) }]
    })
    const outside = origins.find(({ kind }) => kind === 'outside')
    if (outside) return { kind: 'outside', place: placeOf(this.#program, outside.node), values }
    if (values.length > 0) return { kind: 'other value', values }
    const computed = origins.find(({ kind }) => kind === 'computed')
    return computed ? this.#computed(computed.node) : { kind: 'not found', place: placeOf(this.#program, call) }
  }

  #computed(node: Node): Reason {
    const parts: Node[] = []
    const pending = [node]
    for (let part = pending.pop(); part; part = pending.pop()) {
      const isName = part.type === 'Identifier' || part.type === 'MemberExpression'
      const origins = isName ? this.#tracer.start(part) : []
      // A loop's counter begins with a number, too, which is nothing to change.
      if (origins.some(({ node: at }) => at.type === 'UpdateExpression')) continue
      const literals = origins.filter(({ kind, value }) => kind === 'literal' && typeof value === 'number')
      for (const { node: literal } of literals) if (!parts.includes(literal)) parts.push(literal)
      if (!isName) pending.push(...childrenOf(part))
    }
    return {
      kind: 'computed',
      place: placeOf(this.#program, node),
      parts: parts.map((part) => placeOf(this.#program, part)).sort((a, b) => a.start - b.start),
    }
  }

  /** What is to be done for one number that is to change. */
  #change(number: Node): Outcome[] {
    const users = this.#usersOf([number])
    const wanting = users.filter(({ layer }) => layer.to !== layer.from)
    const isAlike = new Set(users.map(({ layer }) => layer.to)).size === 1
    const hasOneTarget = new Set(wanting.map(({ layer }) => layer.to)).size === 1
    const definition = hasOneTarget ? [this.#edit(number, users, wanting[0]!.layer.to)] : []
    const ways = users.flatMap(({ candidates }) =>
      candidates.flatMap(({ node, steps }) => (node === number ? [steps] : [])),
    )
    const known = new Set(this.#passed.keys())
    const others = otherReads(this.#program, this.#tracer, number, ways, known)
    if (isAlike && others.length === 0) return [{ edit: definition[0]! }]
    const here = editsHere(this.#program, number, wanting, this.#passed)
    const staying = users.filter((each) => !wanting.includes(each)).map(({ call }) => call!)
    const uses = [...new Set([...staying, ...others])].map((node) => placeOf(this.#program, node))
    const layers = wanting.map(({ layer }) => layer.layer)
    if (isAlike || here) return [{ choice: { layers, definition, here: here ?? [], uses } }]
    const reason = {
      kind: 'shared',
      place: placeOf(this.#program, number),
      layers: users.map(({ layer }) => layer.layer),
    }
    return wanting.map((each) => ({ refusal: refusalOf([each], reason as Reason) }))
  }

  #edit(number: Node, users: readonly LayerNumbers[], to: number): WidthEdit {
    const place = placeOf(this.#program, number)
    const { layer, candidates } = users[0]!
    const form = formOf(
      this.#program,
      candidates.find(({ node }) => node === number)!,
    )
    const layers = users.map((each) => each.layer.layer)
    return { ...place, newText: writeNumber(to, place.text), from: layer.from, to, layers, form }
  }

  /** The layers that one of the numbers may make. */
  #usersOf(numbers: readonly Node[]): LayerNumbers[] {
    return this.#layers.filter(({ candidates }) => candidates.some(({ node }) => numbers.includes(node)))
  }
}

function refusalOf(layers: readonly LayerNumbers[], reason: Reason): WidthRefusal {
  const { from, to } = layers[0]!.layer
  return { layers: layers.map(({ layer }) => layer.layer), from, to, reason }
}

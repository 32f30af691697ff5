import type { Node } from '@babel/types'
import type { Call } from '../parse.ts'
import type { Program } from './program/program.ts'
import { constructionCall, originsAt, pathOf } from './site.ts'
import type { WidthLayer } from './plan.ts'
import type { Origin, Tracer } from './values/origin.ts'

/** A layer with the numbers in the source that may be its width. */
export interface LayerNumbers {
  layer: WidthLayer
  /** The construction; null where there is none at the site. */
  call: Call | null
  /** All that may give the layer's width. */
  origins: readonly Origin[]
  /** Those that can be what the run had: of its value, and those of no known value. */
  candidates: readonly Origin[]
}

/** Finds for all layers which numbers of the source are their widths. */
export function numbersOf(program: Program, tracer: Tracer, layers: readonly WidthLayer[]): LayerNumbers[] {
  const found = new Map<WidthLayer, LayerNumbers>()
  for (const here of bySite(layers)) {
    const call = constructionCall(program, here[0]!)
    const origins = call ? unique(originsAt(tracer, call, pathOf(here[0]!.property))) : []
    const names = call ? originsAt(tracer, call, ['name']) : []
    const inOrder = matchInOrder(here, origins)
    for (const layer of here) {
      const candidates = inOrder
        ? [inOrder.get(layer)!]
        : byName(layer, names, origins).filter((each) => mayBe(each, layer.from))
      found.set(layer, { layer, call, origins, candidates })
    }
  }
  return layers.map((layer) => found.get(layer)!)
}

/** The number that an origin is; null where it is none or not known. */
export function numberIn({ value }: Origin): number | null {
  if (typeof value === 'number') return value
  // An environment variable or an option is a string.
  return value !== null && /^\s*\d+\s*$/.test(value) ? Number(value) : null
}

function mayBe(origin: Origin, value: number): boolean {
  if (origin.kind === 'literal') return numberIn(origin) === value
  if (origin.kind === 'computed') return origin.value === null || numberIn(origin) === value
  return origin.kind === 'unknown'
}

/** Where each number of a site has made one layer: which. Null where numbers and layers do not match one by one. */
function matchInOrder(layers: readonly WidthLayer[], origins: readonly Origin[]): Map<WidthLayer, Origin> | null {
  const numbers = origins.filter(({ kind }) => kind !== 'absent' && kind !== 'outside')
  const ordered = inConstructionOrder(layers)
  if (numbers.length !== ordered.length) return null
  const isMatch = numbers.every((each, i) => each.value !== null && numberIn(each) === ordered[i]!.from)
  return isMatch ? new Map(ordered.map((layer, i) => [layer, numbers[i]!])) : null
}

/** The names that TensorFlow.js makes up are numbered in the order of construction: `dense_Dense3`. */
function inConstructionOrder(layers: readonly WidthLayer[]): WidthLayer[] {
  const numbers = layers.map(({ name }) => /^[a-z]\w*_[A-Z]\w*?(\d+)$/.exec(name)?.[1])
  if (numbers.includes(undefined)) return [...layers]
  const indices = layers.map((_, i) => i).sort((a, b) => Number(numbers[a]) - Number(numbers[b]))
  return indices.map((i) => layers[i]!)
}

/** The origins that go with the layer's name, where the source gives names as it gives widths. */
function byName({ name }: WidthLayer, names: readonly Origin[], origins: readonly Origin[]): readonly Origin[] {
  const own = names.filter(({ kind, value }) => kind === 'literal' && value === name)
  if (own.length === 0 || names.length === own.length) return origins
  const matching = origins.filter((each) => own.some((named) => goTogether(each, named)))
  return matching.length > 0 ? matching : origins
}

/** Whether two values can come from one way through the program: of each array the same element, of each function one call. */
function goTogether(a: Origin, b: Origin): boolean {
  for (const [node, index] of a.choices) if (b.choices.has(node) && b.choices.get(node) !== index) return false
  return true
}

function bySite(layers: readonly WidthLayer[]): WidthLayer[][] {
  const sites = new Map<string, WidthLayer[]>()
  for (const layer of layers) {
    const { file, line, column, property } = layer
    const key = JSON.stringify([file, line, column, property])
    sites.set(key, [...(sites.get(key) ?? []), layer])
  }
  return [...sites.values()]
}

/** Each way to a number once: a chain of helpers may reach it twice by the same choices. */
function unique(origins: readonly Origin[]): Origin[] {
  const seen = new Map<Node, Origin[]>()
  return origins.filter((each) => {
    const others = seen.get(each.node) ?? []
    if (others.some((other) => isSameWay(each, other))) return false
    seen.set(each.node, [...others, each])
    return true
  })
}

function isSameWay(a: Origin, b: Origin): boolean {
  return a.choices.size === b.choices.size && [...a.choices].every(([node, index]) => b.choices.get(node) === index)
}

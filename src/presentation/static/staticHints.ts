import { staticApplications, type StaticApplication, type StaticGraph } from '../../model/static/staticModel.ts'
import type { StaticLayer } from '../../model/static/layerFacts.ts'
import { fieldSentences, outputBytes, bytesWords, staticTitle } from './staticWords.ts'
import { flopsWords, number, pluralise } from '../numbers.ts'

/** Layers of one construction that a hint lists. */
const MAX_LISTED = 12

/** A layer with the call that constructs it. */
interface PlacedLayer extends StaticLayer {
  readonly place: { readonly file: string; readonly start: number; readonly end: number } | null
}

/** What is known of a construction before any run. */
export interface StaticHint {
  /** Offsets of the call, counted from 0, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** One line. */
  readonly title: string
  /** The same in lines, each a sentence. */
  readonly details: readonly string[]
  /** What its layers see of the input, in sentences; empty where that is not known. */
  readonly fields: readonly string[]
}

/** The hints of a file, one for each construction all of whose layers are known. */
export function staticHints(graph: StaticGraph<PlacedLayer>, file: string): StaticHint[] {
  const byLayer = new Map<PlacedLayer, StaticApplication<PlacedLayer>>()
  for (const application of staticApplications(graph)) {
    if (application && !byLayer.has(application.layer)) byLayer.set(application.layer, application)
  }
  const constructions = new Map<string, PlacedLayer[]>()
  for (const layer of graph.layers) {
    if (layer.place?.file !== file) continue
    const key = `${layer.place.start}:${layer.place.end}`
    constructions.set(key, [...(constructions.get(key) ?? []), layer])
  }
  return [...constructions.values()].flatMap((layers) => {
    const known = layers.flatMap((layer) => byLayer.get(layer) ?? [])
    const [first] = layers
    if (known.length !== layers.length || !first?.place) return []
    const { start, end } = first.place
    return [{ start, end, ...(known.length === 1 ? hintOf(known[0]!) : hintOfSeveral(known)) }]
  })
}

type Words = Pick<StaticHint, 'title' | 'details' | 'fields'>

function hintOf(layer: StaticApplication): Words {
  const bytes = outputBytes(layer.shape)
  const fields = fieldSentences(layer)
  const memory = bytes === null ? [] : [`Its output takes ${bytesWords(bytes)} for each example.`]
  return { title: staticTitle(layer), details: [staticTitle(layer), ...fields, ...memory], fields }
}

function hintOfSeveral(layers: readonly StaticApplication[]): Words {
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0)
  const flops = layers.reduce((sum, layer) => sum + (layer.flops ?? 0), 0)
  const counts = [
    `${layers.length} layers`,
    ...(parameters > 0 ? [pluralise(parameters, 'parameter')] : []),
    ...(flops > 0 ? [flopsWords(flops)] : []),
  ]
  const listed = layers.slice(0, MAX_LISTED).map((layer) => staticTitle(layer))
  const more = layers.length > MAX_LISTED ? [`and ${number(layers.length - MAX_LISTED)} more`] : []
  return { title: counts.join(' · '), details: [counts.join(' · '), ...listed, ...more], fields: [] }
}

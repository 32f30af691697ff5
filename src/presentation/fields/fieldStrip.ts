import { layerFields } from '../../model/receptiveField/layerFields.ts'
import type { FieldInGraph } from '../../model/receptiveField/fieldsOfGraph.ts'
import type { ReceptiveField } from '../../model/receptiveField/receptiveFields.ts'
import type { LayerState } from '../../run/state.ts'
import type { TableCells } from '../proof/tableCells.ts'
import { fieldSentences, fieldWords, rangeWords, sizesWords } from '../static/staticWords.ts'

/** Layers of one kind that a sentence names. */
const MAX_NAMED = 8

/** A layer that changes what is seen of the input. */
export interface FieldBar {
  /** Id of the layer. */
  layer: string
  name: string
  /** Its receptive field along the shortest and the longest path, as a share of the input; above 1 where it is larger. */
  seen: { min: number; max: number }
  /** Positions of its map along one axis, where all axes have as many; else along all: `28`, `28 × 14`. */
  map: string
  unproductive: boolean
  /** All of it in sentences, a line each. */
  details: string
}

/** What the layers see of the input, in the order of the forward pass. */
export interface FieldStrip {
  bars: FieldBar[]
  /** What follows, in sentences. */
  words: string[]
  table: TableCells
}

/**
 * The receptive fields of a run's layers; null where no layer has a limited one. Layers that take each position by itself
 * see what the layer before them sees, and those that take all positions see everything: neither has a bar.
 */
export function fieldStrip(layers: readonly LayerState[]): FieldStrip | null {
  const { byId, model } = layerFields(layers)
  const known = layers.flatMap((layer) => {
    const found = byId.get(layer.id)
    return found && layer.positions !== 'same' && found.field.min.every(Number.isFinite) ? [{ layer, ...found }] : []
  })
  if (known.length === 0) return null
  const unproductive = known.filter(({ field }) => field.unproductive).map(({ layer }) => layer.name)
  const border = layers.find(({ id }) => id === model?.border)?.name
  const inputs = [...new Set(known.map(({ input }) => sizesWords(input)))]
  return {
    bars: known.map(barOf),
    words: [
      `The dashed line is the input, ${inputs.join(' or ')}.`,
      ...(unproductive.length > 0 ? [unproductiveWords(unproductive, border)] : []),
      ...(model?.resolution ? [`The layers suit inputs of ${rangeWords(model.resolution)}.`] : []),
    ],
    table: {
      head: ['Layer', 'Receptive field', 'Feature map', ...(unproductive.length > 0 ? ['Adds little'] : [])],
      rows: known.map(({ layer, field }) => [
        layer.name,
        fieldWords(field),
        sizesWords(field.map),
        ...(unproductive.length > 0 ? [field.unproductive ? 'yes' : ''] : []),
      ]),
    },
  }
}

function barOf({ layer, field, input }: { layer: LayerState } & FieldInGraph): FieldBar {
  return {
    layer: layer.id,
    name: layer.name,
    seen: { min: shareOf(field.min, input), max: shareOf(field.max, input) },
    map: sizesWords(field.map, true),
    unproductive: field.unproductive,
    details: [`${layer.name} (${layer.kind})`, ...sentencesOf(layer, field, input)].join('\n'),
  }
}

/** The share of the input along the axis of which the least is seen: what is unproductive has to be so along all. */
function shareOf(field: readonly number[], input: readonly number[]): number {
  return Math.min(...field.map((size, axis) => size / (input[axis] ?? 1)))
}

/** `conv8, conv9 and 5 more are predicted to add little: what they take has seen the whole input.` */
function unproductiveWords(names: readonly string[], border: string | undefined): string {
  const more = names.length - MAX_NAMED
  const listed = [...names.slice(0, MAX_NAMED), ...(more > 0 ? [`${more} more`] : [])]
  const last = listed.pop() ?? ''
  const subject = listed.length === 0 ? `${last} is` : `${listed.join(', ')} and ${last} are`
  const takes = names.length === 1 ? 'it takes' : 'they take'
  const first = border === undefined || names.length === 1 ? '' : ` The border is ${border}.`
  return `${subject} predicted to add little: what ${takes} has seen the whole input.${first}`
}

/** What a layer of a run sees of the input, in sentences; empty where that is not known. */
export function fieldSentencesOf(layer: LayerState, layers: readonly LayerState[]): string[] {
  const found = layerFields(layers).byId.get(layer.id)
  return found ? sentencesOf(layer, found.field, found.input) : []
}

function sentencesOf({ outputShape }: LayerState, field: ReceptiveField, input: readonly number[]): string[] {
  return fieldSentences({ field, input, shape: outputShape ?? [] })
}

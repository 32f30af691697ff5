import type { StaticApplication, StaticModel } from '../../model/static/staticModel.ts'
import { flops as operations, flopsWords, number, pluralise } from '../../presentation/numbers.ts'
import {
  bytesWords,
  fieldWords,
  outputBytes,
  rangeWords,
  shapeWords,
  sizesWords,
  UNPRODUCTIVE,
  UNPRODUCTIVE_NOTE,
} from '../../presentation/static/staticWords.ts'
import { fieldJson, sizesJson } from '../../report/fieldJson.ts'
import { plainTable } from '../console/plainTable.ts'

/** A model with the place of the call that makes it. */
export interface PlacedModel extends StaticModel {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
}

/** The models as tables with a line for each layer. */
export function modelText(models: readonly PlacedModel[]): string {
  return models.map(textOf).join('\n\n')
}

function textOf({ file, line, layers, parameters, flops, fields }: PlacedModel): string {
  const marked = layers.some(({ field }) => field?.unproductive)
  const table = plainTable(
    [
      ['Layer', 'left'],
      ['Kind', 'left'],
      ['Output', 'left'],
      ['Parameters', 'right'],
      ['FLOPs', 'right'],
      ['Memory', 'right'],
      ['Receptive field', 'right'],
    ],
    layers.map((layer) => {
      const bytes = outputBytes(layer.shape)
      return [
        layer.name ?? '–',
        layer.kind,
        shapeWords(layer.shape),
        number(layer.parameters),
        layer.flops === null ? '–' : operations(layer.flops),
        bytes === null ? '–' : bytesWords(bytes),
        layer.field ? `${fieldWords(layer.field)}${layer.field.unproductive ? UNPRODUCTIVE : ''}` : '–',
      ]
    }),
  )
  return [
    `Model at ${file}:${line}, static: read from the code, not run`,
    table,
    `${pluralise(parameters, 'parameter')}${flops === null ? '' : `, ${flopsWords(flops)} for each example`}`,
    ...(fields?.resolution
      ? [`Input ${sizesWords(fields.input)}; the layers suit inputs of ${rangeWords(fields.resolution)}`]
      : []),
    ...(marked ? [UNPRODUCTIVE_NOTE] : []),
  ].join('\n')
}

/** A model as JSON. A receptive field that takes all positions is null. */
export function modelJson({ file, line, layers, parameters, flops, fields }: PlacedModel): object {
  return {
    file,
    line,
    parameters,
    flops,
    input: fields ? sizesJson(fields.input) : null,
    resolution: fields?.resolution ?? null,
    layers: layers.map(layerJson),
  }
}

function layerJson({ name, kind, shape, parameters, flops, field }: StaticApplication): object {
  return {
    name,
    kind,
    outputShape: shape,
    parameters,
    flops,
    outputBytes: outputBytes(shape),
    receptiveField: field && fieldJson(field),
  }
}

import path from 'node:path'
import { staticModel, type StaticModel } from '../../model/static/staticModel.ts'
import type { BorderRule } from '../../model/receptiveField/border.ts'
import { readSource } from '../../source/background/readSource.ts'
import { readModels } from '../../source/model/readModels.ts'
import type { ReadLayer } from '../../source/model/reading.ts'
import { UsageError } from '../console/usageError.ts'
import { modelJson, modelText, type PlacedModel } from './modelTable.ts'

/** Options of `saturation model`. */
export interface ModelFlags {
  json?: true
  /** The rule by which layers are predicted to be unproductive. */
  border: BorderRule
}

/**
 * Prints what the code of a file tells of its models, without running it.
 * @returns the exit code
 * @throws UsageError when the file cannot be read, or no model can be read from it
 */
export function describeModels(file: string, { json, border }: ModelFlags): number {
  const models = modelsOf(path.resolve(file), file, border)
  process.stdout.write((json ? JSON.stringify(models.map(modelJson), null, 2) : modelText(models)) + '\n')
  return 0
}

function modelsOf(absolute: string, file: string, border: BorderRule): PlacedModel[] {
  const text = readSource(absolute)
  if (text === null) throw new UsageError(`${file} cannot be read: it has to be a source file of up to 4 MB.`)
  const reading = readModels(text, absolute, readSource)
  if (!reading)
    throw new UsageError(`${file} cannot be read: it is no JavaScript or TypeScript, or takes too long to follow.`)
  const found = reading.models.flatMap((model): PlacedModel[] => {
    const known: StaticModel<ReadLayer> | null = staticModel(reading, model, border)
    const source = model.place.file === absolute ? text : readSource(model.place.file)
    const line = (source ?? '').slice(0, model.place.start).split('\n').length
    return known ? [{ ...known, file: path.relative('.', model.place.file), line }] : []
  })
  if (found.length > 0) return found
  const unknown = reading.layers.some(({ place }) => place)
    ? 'its models depend on what the code alone does not tell; train with `saturation run` to see them'
    : 'it makes no model of TensorFlow.js layers'
  throw new UsageError(`No model can be read from ${file}: ${unknown}.`)
}

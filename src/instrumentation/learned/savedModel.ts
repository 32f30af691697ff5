import { renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeFolder } from '../../learned/makeFolder.ts'
import type { Layer, Tensor } from '../tfjs/tfjs.ts'

/** A model, as far as it can be saved. */
type SavableModel = Layer & {
  toJSON(unused: null, returnString: false): { keras_version?: string }
  getNamedWeights(): { name: string; tensor: Tensor }[]
  userDefinedMetadata?: unknown
}

/** The format's name of a model of layers. */
const FORMAT = 'layers-model'
const WEIGHTS = 'weights.bin'
const TOPOLOGY = 'model.json'

/**
 * Writes a model as `model.save` does, as model.json and weights.bin: the topology is the library's own, and so are the
 * names of the weights. The library's function is asynchronous, and the program might train on, or end, before it is
 * through. Of an earlier model there, either both files are replaced or none.
 * @param folder absolute path, made where it is missing
 * @throws the file system's error, or that of a class that cannot be saved.
 */
export function saveModel(model: Layer, folder: string): void {
  const savable = model as SavableModel
  const modelTopology = savable.toJSON(null, false)
  const weights = savable.getNamedWeights()
  const specs = weights.map(({ name, tensor: { shape, dtype } }) => ({ name, shape, dtype }))
  const { userDefinedMetadata } = savable
  const json = {
    format: FORMAT,
    generatedBy: `TensorFlow.js ${modelTopology.keras_version?.replace(' ', ' v') ?? 'tfjs-layers'}`,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: [WEIGHTS], weights: specs }],
    ...(userDefinedMetadata === undefined ? {} : { userDefinedMetadata }),
  }
  const bytes = Buffer.concat(weights.map(({ name, tensor }) => bytesOf(name, tensor)))
  makeFolder(folder)
  const files: [string, string | Buffer][] = [
    [WEIGHTS, bytes],
    [TOPOLOGY, JSON.stringify(json)],
  ]
  const unfinished = ([name]: [string, unknown]): string => path.join(folder, `${name}.new`)
  try {
    for (const file of files) writeFileSync(unfinished(file), file[1])
    for (const file of files) renameSync(unfinished(file), path.join(folder, file[0]))
  } catch (error) {
    for (const file of files) rmSync(unfinished(file), { force: true })
    throw error
  }
}

function bytesOf(name: string, tensor: Tensor): Uint8Array {
  if (!['float32', 'int32', 'bool'].includes(tensor.dtype))
    throw new Error(`the weight ${name} is of the type ${tensor.dtype}`)
  const values: ArrayBufferView = tensor.dataSync()
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

import * as tf from '@tensorflow/tfjs'
import type { Engine, Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import type { Layer as LayerInfo } from '../../../src/protocol/layer.ts'
import { StepRecorder } from './stepRecorder.ts'

const recorder = new StepRecorder()

/** Runs a program of this process with its training steps traced. @returns its layers by name */
export async function traced(program: () => unknown): Promise<Record<string, LayerInfo>> {
  await tf.setBackend('cpu')
  recorder.watchEngine(tf.engine() as unknown as Engine)
  recorder.watchLayers(tf.sequential() as unknown as Layer)
  recorder.restart()
  try {
    await program()
  } finally {
    recorder.isOn = false
  }
  return Object.fromEntries(recorder.layers().map((layer) => [layer.name, layer]))
}

/** A layer's group in short: `free`, `given: data`, `unknown: gather`; null for a layer without one. */
export function widthOf(layer: LayerInfo | undefined): string | null {
  if (!layer?.group) return null
  const { given, unknown } = layer.group
  return given !== null ? `given: ${given}` : unknown !== null ? `unknown: ${unknown}` : 'free'
}

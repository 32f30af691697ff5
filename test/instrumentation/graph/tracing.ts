import * as tf from '@tensorflow/tfjs'
import { LayerGraph } from '../../../src/instrumentation/graph/layerGraph.ts'
import type { StepTrace } from '../../../src/instrumentation/graph/stepTrace.ts'
import { TracedWidths } from '../../../src/instrumentation/graph/tracedWidths.ts'
import { tapOutputs } from '../../../src/instrumentation/hooks/layerOutputs.ts'
import { noteOutsideCall } from '../../../src/instrumentation/hooks/outsideCalls.ts'
import { watchPredictions } from '../../../src/instrumentation/hooks/predictions.ts'
import { watchTrainingSteps } from '../../../src/instrumentation/hooks/trainingSteps.ts'
import type { Engine, Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import type { Layer as LayerInfo } from '../../../src/protocol/layer.ts'

let graph: LayerGraph
let widths: TracedWidths
let trace: StepTrace | null = null
let active = false
/** Whether a program is being traced: steps of others are only run. */
let isTracing = false
const engine = tf.engine() as unknown as Engine

function watch(): void {
  watchTrainingSteps(engine, {
    beginStep: (variables) => {
      if (!isTracing) return
      active = true
      graph.beginPass(new Set(variables))
      trace = widths.beginStep(engine, new Set(variables))
    },
    recorded: (forward) => {
      const recorder = trace
      return recorder ? () => recorder.during(forward) : forward
    },
    endStep: (loss) => {
      if (!isTracing) return
      active = false
      trace = null
      widths.endStep(loss)
      graph.endPass()
    },
    saliency: (depth) => trace?.ignore(depth > 0),
  })
  tapOutputs(tf.layers.dense({ units: 1 }) as unknown as Layer, {
    beforeCall: () => {},
    active: () => active,
    entered: (...call) => trace?.enter(...call),
    left: (layer) => trace?.leave(layer),
    output: (layer, inputs, output) => {
      const { info } = graph.called(layer, inputs, output, 'train')
      widths.called(info.id, layer, output)
    },
    outside: (...call) => {
      if (isTracing && !active) noteOutsideCall(graph.outside, null, ...call)
    },
  })
  watchPredictions(tf.sequential() as unknown as Layer, (model) => {
    if (isTracing && !active) graph.outside.predicted(model)
  })
}

/** Runs a program of this process with its training steps traced. @returns its layers by name */
export async function traced(program: () => unknown): Promise<Record<string, LayerInfo>> {
  await tf.setBackend('cpu')
  watch()
  graph = new LayerGraph()
  widths = new TracedWidths((id) => graph.factsOf(id))
  isTracing = true
  try {
    await program()
  } finally {
    isTracing = active = false
    trace = null
  }
  graph.outside.settle()
  widths.update()
  return Object.fromEntries(graph.describe((id) => widths.widthOf(id)).map((layer) => [layer.name, layer]))
}

/** A layer's group in short: `free`, `given: data`, `unknown: gather`; null for a layer without one. */
export function widthOf(layer: LayerInfo | undefined): string | null {
  if (!layer?.group) return null
  const { given, unknown } = layer.group
  return given !== null ? `given: ${given}` : unknown !== null ? `unknown: ${unknown}` : 'free'
}

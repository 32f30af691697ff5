import { LayerGraph } from '../../../src/instrumentation/graph/layerGraph.ts'
import type { StepTrace } from '../../../src/instrumentation/graph/stepTrace.ts'
import { TracedWidths } from '../../../src/instrumentation/graph/tracedWidths.ts'
import { tapOutputs } from '../../../src/instrumentation/hooks/layerOutputs.ts'
import { noteOutsideCall } from '../../../src/instrumentation/hooks/outside/outsideCalls.ts'
import { watchPredictions } from '../../../src/instrumentation/hooks/outside/predictions.ts'
import { watchTrainingSteps } from '../../../src/instrumentation/hooks/trainingSteps.ts'
import type { Engine, Layer, Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'
import type { Layer as LayerInfo } from '../../../src/protocol/layer.ts'

/** What a harness does beside the recording. */
export interface RecorderHooks {
  beforeCall?(): void
  stepBegins?(variables: readonly unknown[]): void
  /** A step that is recorded has ended; its trace has not been read yet. @param loss null where the step threw */
  stepEnds?(trace: StepTrace, loss: Tensor | null): void
  /** The trace of that step has been read. */
  traceRead?(): void
}

/**
 * Records training steps and finds the widths of their layers: the monitor's graph and traced widths on the monitor's
 * hooks, without the measuring.
 */
export class StepRecorder {
  /** Whether steps are seen; others are only run. */
  isOn = false
  /** Null while layers are followed, but operations are not recorded. */
  widths: TracedWidths | null = null
  #graph = new LayerGraph()
  #trace: StepTrace | null = null
  #isInStep = false
  readonly #hooks: RecorderHooks

  constructor(hooks: RecorderHooks = {}) {
    this.#hooks = hooks
  }

  get graph(): LayerGraph {
    return this.#graph
  }

  /** Forgets all layers, and is on from now on. */
  restart(): void {
    this.#graph = new LayerGraph()
    this.forgetWidths()
    this.#trace = null
    this.#isInStep = false
    this.isOn = true
  }

  /** Forgets the widths, so that the next step is recorded. */
  forgetWidths(): void {
    const graph = this.#graph
    this.widths = new TracedWidths((id) => graph.factsOf(id))
  }

  /** Sees the steps of an engine. An engine that is watched already stays as it is. */
  watchEngine(engine: Engine): void {
    watchTrainingSteps(engine, {
      beginStep: (variables) => {
        if (!this.isOn) return
        this.#isInStep = true
        this.#hooks.stepBegins?.(variables)
        this.#graph.beginPass(new Set(variables))
        this.#trace = this.widths?.beginStep(engine, new Set(variables)) ?? null
      },
      recorded: (forward) => {
        const trace = this.#trace
        return trace ? () => trace.during(forward) : forward
      },
      endStep: (loss) => {
        if (!this.isOn) return
        const trace = this.#trace
        this.#isInStep = false
        this.#trace = null
        if (trace) this.#hooks.stepEnds?.(trace, loss)
        this.widths?.endStep(loss)
        if (trace) this.#hooks.traceRead?.()
        this.#graph.endPass()
      },
      saliency: (depth) => this.#trace?.ignore(depth > 0),
    })
  }

  /** Sees what is done with layers, in steps and outside. @param layer any layer, and later any model, of their copy of TensorFlow.js */
  watchLayers(layer: Layer): void {
    tapOutputs(layer, {
      beforeCall: () => this.#hooks.beforeCall?.(),
      active: () => this.#isInStep,
      entered: (...call) => this.#trace?.enter(...call),
      left: (called) => this.#trace?.leave(called),
      output: (called, inputs, output) => {
        const { info } = this.#graph.called(called, inputs, output, 'train')
        this.widths?.called(info.id, called, output)
      },
      outside: (...call) => {
        if (this.isOn && !this.#isInStep) noteOutsideCall(this.#graph.outside, null, ...call)
      },
    })
    watchPredictions(layer, (model) => {
      if (this.isOn && !this.#isInStep) this.#graph.outside.predicted(model)
    })
  }

  /** The layers so far, with their widths. */
  layers(): LayerInfo[] {
    this.#graph.outside.settle()
    this.widths?.update()
    return this.#graph.describe((id) => this.widths?.widthOf(id) ?? null)
  }
}

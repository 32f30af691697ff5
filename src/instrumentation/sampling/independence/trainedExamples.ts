import type { Engine, Tensor } from '../../tfjs/tfjs.ts'
import { ExampleLog } from './exampleLog.ts'
import { combine, Fingerprints } from './fingerprints.ts'

/** Steps at the beginning of a run whose examples are looked at whatever it costs. */
const FIRST_STEPS = 8
/** Part of the monitor's budget that fingerprints may take. */
const SHARE_OF_BUDGET = 0.1

/**
 * Watches which examples the training steps get. An input of the model is a tensor that no layer has made and that is
 * older than the step. Where there is none, the first input that no layer has made counts.
 */
export class TrainedExamples {
  readonly log = new ExampleLog()
  readonly #fingerprints = new Fingerprints()
  /** Share of training time that fingerprints may take. */
  readonly #share: number
  /** Tensors made by layers in the present step, and inputs already looked at. */
  readonly #known = new Set<number>()
  /** Fingerprints of the present step's examples; null where there are none so far. */
  #present: Uint32Array | null = null
  /** Whether `present` is of a tensor that the step itself made. */
  #provisional = false
  /** Id of the first tensor of the present step. */
  #firstId = 0
  #watching = false
  #steps = 0
  #beganAt = 0
  /** Time spent so far, ms. */
  spentMs = 0

  /** @param budget the monitor's share of the training time. */
  constructor(budget: number) {
    this.#share = budget * SHARE_OF_BUDGET
  }

  beginStep(engine: Engine, now: number): void {
    if (this.#steps === 0) this.#beganAt = now
    this.#watching = this.#steps < FIRST_STEPS || this.spentMs <= this.#share * (now - this.#beganAt)
    this.#steps++
    this.#firstId = nextTensorId(engine)
    this.#present = null
    this.#provisional = false
    this.#known.clear()
  }

  /** A layer has turned inputs into output in a training step. */
  called(engine: Engine, inputs: Tensor[], output: Tensor): void {
    if (!this.#watching) return
    for (const input of inputs) if (!this.#known.has(input.id)) this.#look(engine, input)
    this.#known.add(output.id)
  }

  endStep(): void {
    this.log.endStep(this.#present)
    this.#known.clear()
  }

  #look(engine: Engine, input: Tensor): void {
    this.#known.add(input.id)
    const isOlder = input.id < this.#firstId
    if (!isOlder && this.#present) return
    const began = performance.now()
    const fingerprints = this.#fingerprints.of(engine, input)
    this.spentMs += performance.now() - began
    if (!fingerprints) return
    const replaces = !this.#present || (isOlder && this.#provisional)
    this.#present = replaces ? fingerprints : combine(this.#present!, fingerprints)
    this.#provisional = !isOlder
  }
}

/**
 * Returns the id that the engine's next tensor gets: tfjs-core counts them at the engine's class. Where it does not, every
 * tensor that no layer has made counts as older than the step.
 */
function nextTensorId({ constructor }: Engine): number {
  return (constructor as { nextTensorId?: number }).nextTensorId ?? Infinity
}

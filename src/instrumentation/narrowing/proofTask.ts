import { DEFAULT_SECONDS, type ProveTask } from '../../protocol/task.ts'
import type { EventBody } from '../../protocol/events.ts'
import type { AfterFitTask } from '../examples/afterFit.ts'
import { AskedTask } from '../examples/askedTask.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import type { Foldable, NetworkFolding } from './networkFolding.ts'
import { prove, type ProofLimits } from './proof.ts'

/** Milliseconds that are worth a proof which nobody has asked for. */
const WORTHWHILE_MS = 5000

/** What a proof depends on. */
interface ProofContext {
  folding: Pick<NetworkFolding, 'of'>
  /** The places where layers are measured. */
  sites: () => MeasuredSite[]
  report: (event: EventBody) => void
  /** Time that the budget allows to spend now, ms. */
  unspentMs(): number
}

/** Proves widths, because a person has asked for it. */
export class AskedProof extends AskedTask {
  protected readonly failed = 'No width can be proven.'
  protected readonly advice = 'Widths stay estimates that only a training proves.'
  readonly #context: ProofContext
  readonly #limits: ProofLimits

  constructor({ seconds = DEFAULT_SECONDS, parameters, flops, earlier, recorded }: ProveTask, context: ProofContext) {
    super(context.report, context.sites)
    this.#context = context
    this.#limits = {
      ...{ seconds, parameters: parameters ?? null, flops: flops ?? null },
      ...{ earlier: earlier ?? [], recorded: recorded ?? null },
    }
  }

  run(fitted: FittedModel): void {
    // Asking for the places reports the layers, which views show beside the proof.
    this.#context.sites()
    proveWith(this.#context, fitted, this.#limits)
  }
}

/** Proves widths after each training as far as the budget allows it, where there are examples to prove them on. */
export class UnspentProof implements AfterFitTask {
  readonly when = 'eachFit'
  readonly #context: ProofContext

  constructor(context: ProofContext) {
    this.#context = context
  }

  estimateMs(): number {
    return WORTHWHILE_MS
  }

  run(fitted: FittedModel): void {
    const ms = this.#context.unspentMs()
    if (ms < WORTHWHILE_MS || fitted.source === 'inputs') return
    try {
      proveWith(this.#context, fitted, { seconds: ms / 1000, parameters: null })
    } catch {
      // Nobody has asked for a proof, so nobody is told why there is none.
    }
  }

  missed(): void {
    // As above.
  }
}

function proveWith({ folding, report }: ProofContext, fitted: FittedModel, limits: ProofLimits): void {
  const foldable: Foldable = folding.of(fitted)
  prove({ fitted, ...foldable }, limits, (proof) => report({ type: 'proof', ...proof }))
}

import { hasSteadied } from '../advice/settling.ts'
import { failureOf } from '../comparison/failure.ts'
import { NetworkSize } from '../folding/networkSize.ts'
import { trainingMs } from '../run/timing.ts'
import { Comparison } from './comparison.ts'
import { ExperimentError } from './experimentError.ts'
import { fitOverride, namedWidths, wideOf, widthOverrides, type Wide } from './narrowed.ts'
import { withScratch, type RightsizeOptions } from './rightsize.ts'
import { measuredIn, resultOf, type FrontierRow, type Rightsized } from './rightsized.ts'
import { epochsOfFit, stopReason, type StopWhen, type Train, type Training } from './training.ts'

/** Share of the epochs in which the network is wide. */
const WIDE_SHARE = 1 / 5
/** Epochs in which it is wide at least: two show whether a width moves, and the first of all is unlike the others. */
const MIN_WIDE_EPOCHS = 3

/** What a person chooses of early right-sizing. */
export interface EarlyOptions extends RightsizeOptions {
  /** Epochs of the whole training; null for those of the baseline. */
  readonly epochs: number | null
}

/**
 * Narrows a network early in its training: it is wide in the first fifth of the epochs; then the layers whose widths
 * have steadied are narrowed by the balanced plan, and the narrower network inherits and is trained in the epochs that
 * remain. Layers of other groups stay wide.
 * @param baseline a training of the wide network that is there already; null where none is
 * @throws ExperimentError when the number of epochs is not known or too small, nothing can be proven or compared, or a
 *   training was stopped.
 */
export async function narrowEarly(train: Train, options: EarlyOptions, baseline: Training | null): Promise<Rightsized> {
  const epochs = options.epochs ?? (baseline ? epochsOfFit(baseline) : 0)
  const wideEpochs = wideEpochsOf(epochs)
  if (epochs === 0)
    throw new ExperimentError(
      'The number of epochs is not known yet: give it with --epochs, or run without --early first.',
    )
  if (epochs <= wideEpochs)
    throw new ExperimentError(
      `${epochs} epochs are too few to narrow the network early: it is wide in the first ${wideEpochs}.`,
    )
  const wide = wideOf(
    await train({
      name: 'early-wide',
      overrides: [fitOverride('epochs', wideEpochs)],
      inherit: null,
      task: { kind: 'prove', seconds: options.seconds },
      // In so few epochs a sample would leave wide layers without a number.
      everyRow: true,
    }),
  )
  const { training: first, proof, recipe } = wide
  const comparison = new Comparison(first, proof, baseline ? [baseline] : [], options.metric)
  const byId = steadyWidths(wide)
  const widths = namedWidths(byId, first.state)
  // Schedules of the learning rate, which go by the number of the epoch, go on where the wide network was.
  const rest = [fitOverride('epochs', epochs), fitOverride('initialEpoch', wideEpochs)]
  const overrides = [...widthOverrides(widths), ...rest]
  const stopWhen: StopWhen = (done) => (comparison.isHopeless(done, epochs - wideEpochs) ? 'hopeless' : null)
  const training = await train({ name: 'early', overrides, inherit: first, task: comparison.task, stopWhen })
  const stopped = stopReason(training, stopWhen)
  const failed = stopped === null ? failureOf(training.state) : null
  const inherited = failed === null ? comparison.valueOf(training) : null
  const groupWidths = recipe.groups.map(({ id, layers: [layer = ''], width }) => [id, byId[layer] ?? width] as const)
  const [before, after] = [trainingMs(first.state), trainingMs(training.state)]
  const row: FrontierRow = {
    ...measuredIn(training),
    ...{ name: 'early', kind: 'narrower', widths, overrides, inherits: first.log, failed, stopped },
    parameters: new NetworkSize(recipe, proof.parameters).parameters(new Map(groupWidths)),
    value: { beforeTraining: null, inherited, fromScratch: null },
    holds: stopped === null ? comparison.holds(inherited) : false,
    trainingMs: before === null || after === null ? null : before + after,
  }
  const result = resultOf(comparison, proof.parameters, baseline ?? first, [row])
  return options.fromScratch ? withScratch(result, train, comparison) : result
}

/** Epochs in which a network is wide that is narrowed early in so many. */
function wideEpochsOf(epochs: number): number {
  return Math.max(MIN_WIDE_EPOCHS, Math.ceil(epochs * WIDE_SHARE))
}

/** Whether a training has so many epochs that its network could be narrowed early. */
export function canNarrowEarly(training: Training): boolean {
  const epochs = epochsOfFit(training)
  return epochs > wideEpochsOf(epochs)
}

/** The balanced plan's widths, by id, of the groups all of whose layers have steadied. */
function steadyWidths({ proof, training: { state } }: Wide): Record<string, number> {
  const plan = proof.plans.find(({ tolerance }) => tolerance === 'balanced')
  const isSteady = (id: string): boolean => {
    const layer = state.layers.find((each) => each.id === id)
    return layer !== undefined && hasSteadied(layer)
  }
  const steady = proof.groups.filter(({ layers }) => layers.every(isSteady)).flatMap(({ layers }) => layers)
  return Object.fromEntries(Object.entries(plan?.widths ?? {}).filter(([id]) => steady.includes(id)))
}

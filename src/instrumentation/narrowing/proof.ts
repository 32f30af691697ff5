import { GroupEstimates } from '../../folding/estimates.ts'
import { WeightFolder } from '../../folding/fold.ts'
import { narrowingPath, networksOfShares, type Judge, type Step, type Widths } from '../../folding/narrowingPath.ts'
import { NetworkSize } from '../../folding/networkSize.ts'
import { pairedDifference } from '../../folding/pairedDifference.ts'
import type { RecipeGroup } from '../../folding/recipe.ts'
import { unpackAll } from '../../learned/packedMoments.ts'
import type { EarlierProof, Plan, Proof, Tolerance } from '../../protocol/proof.ts'
import { soundEvaluation, meanOf, type ChunkValues, type Evaluation } from '../examples/evaluation.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { keptUnits, withKeptStatistics } from './keptStatistics.ts'
import type { Foldable } from './networkFolding.ts'
import { basisOf, whyAnew } from './proofBasis.ts'
import { differsFromRecorded } from './recordedMetrics.ts'
import { finiteOrNull, Tried, type Worth } from './tried.ts'
import { withTrialWeights } from './trialWeights.ts'

/** What the metric may lose where it is a share. */
const POINTS: Readonly<Record<Exclude<Tolerance, 'budget'>, number>> = {
  lossless: 0.001,
  balanced: 0.005,
  smallest: 0.02,
}
/** By which share of itself a loss, or another metric that is no share, may become worse. */
const RELATIVE: typeof POINTS = { lossless: 0.01, balanced: 0.05, smallest: 0.2 }
/** The path goes on until the metric has lost so many times what the smallest network may lose. */
const BEYOND = 1.5
/** Widths of a group that is narrowed alone, as shares of its own. */
const CURVE = [0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05]

/** Milliseconds between two reports. */
const REPORT_MS = 1000
/** Share of the time of a path that its plans may take before it has ended. */
const PLANNING_SHARE = 0.1

/** What a proof is made from. */
export interface Provable extends Foldable {
  readonly fitted: FittedModel
}

/** Limits of a proof, and what is known before it. */
export interface ProofLimits {
  seconds: number
  /** Parameters that one plan is to have at most; null for no such plan. */
  parameters: number | null
  /** Floating-point operations for an example that one plan is to have at most; null for no such plan. */
  flops?: number | null
  /** What earlier proofs have found, of which one may be of the same network. */
  earlier?: readonly EarlierProof[]
  /** By name: metrics of the network as its run has recorded them; null where they are not known. */
  recorded?: Readonly<Record<string, number>> | null
}

/**
 * Tries narrower networks in the present one, on examples that decide, and reports on others how good those are that
 * were chosen.
 * @param report called with what is known so far, after the first evaluation and about each second. Plans are among it
 *   while the path goes on, so that a proof that is cancelled has a result.
 * @throws Error with a sentence for the user, when nothing can be evaluated.
 */
export function prove(provable: Provable, limits: ProofLimits, report: (proof: Proof) => void): void {
  new Prover(provable, limits, report).run()
}

class Prover {
  readonly #provable: Provable
  readonly #limits: ProofLimits
  readonly #report: (proof: Proof) => void
  readonly #began = performance.now()
  readonly #estimates: GroupEstimates
  readonly #size: NetworkSize
  readonly #folder: WeightFolder
  readonly #evaluation: Evaluation
  readonly #proof: Proof
  /** Values of the weights that consume units, as they are. */
  readonly #values = new Map<string, Float32Array>()
  readonly #tried = new Tried()
  /** The present network, on either half. */
  readonly #before: { deciding: ChunkValues; reporting: ChunkValues }
  /** By tolerance: the network of the path that the latest plan has. */
  readonly #planned = new Map<Tolerance, Step<Worth>>()
  #reported = 0
  /** When the path's plans were last made, and how long that took, ms. */
  #plannedAt = 0
  #planningMs = 0

  constructor(provable: Provable, limits: ProofLimits, report: (proof: Proof) => void) {
    this.#provable = provable
    this.#limits = limits
    this.#report = report
    const { recipe, fitted } = provable
    const moments = unpackAll(provable.moments)
    this.#estimates = new GroupEstimates(recipe, moments)
    this.#folder = new WeightFolder(recipe, (layer, index) => this.#read(layer, index))
    const parameters = fitted.model.countParams()
    this.#size = new NetworkSize(recipe, parameters)
    const { evaluation, recalibrated } = soundEvaluation(fitted)
    this.#evaluation = evaluation
    const { metric, by } = this.#evaluation
    this.#before = { deciding: this.#evaluation.run('deciding'), reporting: this.#evaluation.run('reporting') }
    for (const name of new Set([this.#evaluation.loss ?? metric.name, metric.name]))
      if (!Number.isFinite(meanOf(this.#before.deciding, name)))
        throw new Error(`The ${name} of the network is NaN or infinite as it is, so nothing can be compared.`)
    const flops = this.#size.flops(new Map())
    this.#proof = {
      metric: by === 'metrics' && fitted.source === 'validation' ? `val_${metric.name}` : metric.name,
      better: metric.better,
      isShare: metric.isShare,
      source: fitted.source,
      examples: {
        deciding: this.#evaluation.examplesOf('deciding'),
        reporting: this.#evaluation.examplesOf('reporting'),
      },
      recalibrated,
      parameters,
      ...(flops === null ? {} : { flops }),
      value: finiteOrNull(meanOf(this.#before.reporting, metric.name)),
      groups: recipe.groups.map((group) => ({
        layers: [...group.layers],
        width: group.width,
        kept: this.#reasonToKeep(group),
        curve: [],
      })),
      plans: [],
      evaluations: 1,
      seconds: 0,
      phase: 'running',
      weights: this.#size.weights,
      basis: basisOf(fitted, { recipe, moments }, evaluation, recalibrated.length > 0),
    }
    this.#goOn()
  }

  /** Takes over what is known from before. */
  #goOn(): void {
    const { earlier = [], recorded } = this.#limits
    const notes: string[] = []
    const reasons = earlier.map(({ basis }) => whyAnew(basis, this.#proof.basis!))
    const same = earlier[reasons.indexOf(null)]
    if (same) this.#tried.addEarlier(same)
    else if (reasons[0]) notes.push(reasons[0])
    const isPlain = this.#proof.recalibrated.length === 0
    const differs = recorded && isPlain ? differsFromRecorded(this.#provable.fitted, this.#evaluation, recorded) : null
    if (differs !== null && differs !== undefined) notes.push(differs)
    if (typeof this.#limits.flops === 'number' && this.#proof.flops === undefined)
      notes.push('The floating-point operations of this network are not known, so no plan has a budget of them.')
    if (notes.length > 0) this.#proof.notes = notes
  }

  run(): void {
    this.#tell(true)
    const { recipe } = this.#provable
    const open = recipe.groups.filter((group) => this.#reasonToKeep(group) === null)
    this.#plan(this.#path(open))
    this.#tell(true)
    if (this.#proof.phase === 'running') this.#curves(open)
    if (this.#proof.phase === 'running') this.#proof.phase = 'done'
    delete this.#proof.progress
    this.#tell(true)
  }

  #reasonToKeep(group: RecipeGroup): string | null {
    return group.fixed ?? this.#estimates.reasonToKeep(group)
  }

  /** Follows the path until the metric has lost more than any plan may. */
  #path(open: readonly RecipeGroup[]): Step<Worth>[] {
    const steps: Step<Worth>[] = []
    const judge: Judge<Worth> = {
      cost: (widths) => this.#costOf(widths),
      evaluate: (widths) => {
        const result = this.#worthOf(widths)
        this.#showProgress(steps, open)
        return { loss: result.loss, result }
      },
    }
    const byId = new Map(open.map((group) => [group.id, group]))
    const starts = networksOfShares(open, (id, share) => this.#estimates.widthOfShare(byId.get(id)!, share))
    // A share of a metric such as the accuracy would be too much for a start to lose.
    const path = narrowingPath(open, judge, this.#evaluation.loss === null ? [] : starts)
    for (const step of path) {
      steps.push(step)
      this.#planInTime(steps)
      if (this.#lost(step.result.value) > BEYOND * this.#tolerances().smallest && this.#isWithinBudget(step)) break
      if (this.#leftMs <= 0) {
        this.#proof.phase = 'out of time'
        break
      }
    }
    return steps
  }

  /** What the path saves: parameters, or floating-point operations where only these have a budget. */
  #costOf(widths: Widths): number {
    const flops = this.#limits.parameters === null && this.#flopsLimit !== null ? this.#size.flops(widths) : null
    return flops ?? this.#size.parameters(widths)
  }

  #isWithinBudget({ widths }: Step<Worth>): boolean {
    const { parameters } = this.#limits
    const flops = this.#flopsLimit
    return (
      (parameters === null || this.#size.parameters(widths) <= parameters) &&
      (flops === null || (this.#size.flops(widths) ?? Infinity) <= flops)
    )
  }

  /** Floating-point operations that a plan may have; null where there is no limit, or they are not known. */
  get #flopsLimit(): number | null {
    return this.#proof.flops === undefined ? null : (this.#limits.flops ?? null)
  }

  /** Tells how far the path is. */
  #showProgress(steps: readonly Step<Worth>[], open: readonly RecipeGroup[]): void {
    const present = steps.at(-1)?.widths
    const groups = open.filter(({ id, width }) => (present?.get(id) ?? width) < width).length
    this.#proof.progress = { stage: 'path', groups, of: open.length, secondsLeft: this.#leftMs / 1000 }
    this.#tell()
  }

  /** Makes the plans of the path so far, if that takes a small part of the time. */
  #planInTime(steps: readonly Step<Worth>[]): void {
    const began = performance.now()
    if (began - this.#plannedAt < Math.max(REPORT_MS, this.#planningMs / PLANNING_SHARE)) return
    this.#plan(steps)
    this.#plannedAt = performance.now()
    this.#planningMs = this.#plannedAt - began
  }

  /** Chooses the smallest network within each tolerance, and finds how good it is. */
  #plan(steps: readonly Step<Worth>[]): void {
    const limits = this.#tolerances()
    const hasBudget = this.#limits.parameters !== null || this.#flopsLimit !== null
    const chosen = (['lossless', 'balanced', 'smallest'] as const).map((tolerance) => {
      const step = steps.findLast(({ result }) => this.#lost(result.value) <= limits[tolerance])
      return { tolerance, limit: limits[tolerance], step } as const
    })
    const withinBudget = hasBudget ? steps.find((step) => this.#isWithinBudget(step)) : undefined
    this.#proof.plans = [...chosen, { tolerance: 'budget', limit: null, step: withinBudget } as const].flatMap(
      ({ tolerance, limit, step }) => {
        if (!step) return []
        const before = this.#proof.plans.find((plan) => plan.tolerance === tolerance)
        if (before && this.#planned.get(tolerance) === step) return [before]
        this.#planned.set(tolerance, step)
        return [this.#planOf(tolerance, limit, step.widths)]
      },
    )
  }

  #planOf(tolerance: Tolerance, limit: number | null, widths: Widths): Plan {
    const before = this.#before.reporting
    const after = this.#trial(widths, () => this.#evaluation.run('reporting'))
    const { name } = this.#evaluation.metric
    const { low, high } = pairedDifference(before.values[name]!, after.values[name]!, before.examples)
    const changed: Record<string, number> = {}
    for (const { id, layers, width } of this.#provable.recipe.groups) {
      const narrow = widths.get(id) ?? width
      if (narrow !== width) for (const layer of layers) changed[layer] = narrow
    }
    const interval: Plan['interval'] = [finiteOrNull(low), finiteOrNull(high)]
    const flops = this.#size.flops(widths)
    return {
      ...{ tolerance, limit, widths: changed, interval },
      parameters: this.#size.parameters(widths),
      ...(flops === null ? {} : { flops }),
      value: finiteOrNull(meanOf(after, name)),
    }
  }

  /** Narrows each group alone. */
  #curves(open: readonly RecipeGroup[]): void {
    const { name } = this.#evaluation.metric
    const trials = open.map((group) => {
      const { width, multiple } = group
      const widths = [...new Set(CURVE.map((share) => multiple * Math.round((share * width) / multiple)))]
      return { group, widths: widths.filter((each) => each >= 2 && each < width) }
    })
    const began = performance.now()
    const count = trials.reduce((sum, { widths }) => sum + widths.length, 0)
    let tried = 0
    for (const [groups, { group, widths }] of trials.entries()) {
      const { curve } = this.#proof.groups[this.#provable.recipe.groups.indexOf(group)]!
      curve.push({ width: group.width, value: finiteOrNull(meanOf(this.#before.deciding, name)) })
      for (const width of widths) {
        if (this.#leftMs <= 0) {
          this.#proof.phase = 'out of time'
          return
        }
        curve.push({ width, value: finiteOrNull(this.#worthOf(new Map([[group.id, width]])).value) })
        const msLeft = ((performance.now() - began) / ++tried) * (count - tried)
        const secondsLeft = Math.max(0, Math.min(msLeft, this.#leftMs)) / 1000
        this.#proof.progress = { stage: 'alone', groups, of: open.length, secondsLeft }
        this.#tell()
      }
    }
  }

  /** What the network with these widths is worth on the half that decides. */
  #worthOf(widths: Widths): Worth {
    const { groups } = this.#provable.recipe
    return this.#tried.worthOf(
      groups.map(({ id, width }) => widths.get(id) ?? width),
      () => {
        const isPresent = groups.every(({ id, width }) => (widths.get(id) ?? width) === width)
        if (isPresent) return this.#judged(this.#before.deciding)
        this.#proof.evaluations++
        return this.#judged(this.#trial(widths, () => this.#evaluation.run('deciding')))
      },
    )
  }

  #judged(values: ChunkValues): Worth {
    const { loss, metric } = this.#evaluation
    const value = meanOf(values, metric.name)
    if (loss !== null) return { loss: meanOf(values, loss), value }
    return { loss: metric.better === 'higher' ? -value : value, value }
  }

  /** Runs an evaluation of the network with these widths. */
  #trial<T>(widths: Widths, evaluate: () => T): T {
    const { recipe, fitted, variableOf } = this.#provable
    const folds = new Map(
      recipe.groups.flatMap((group) => {
        const width = widths.get(group.id) ?? group.width
        return width === group.width ? [] : [[group.id, this.#estimates.fold(group, width)] as const]
      }),
    )
    const trials = this.#folder
      .fold(folds)
      .map(({ layer, index, values }) => ({ variable: variableOf(layer, index), values }))
    const kept = keptUnits(recipe, folds, variableOf)
    return withTrialWeights(fitted.engine, trials, () => withKeptStatistics(fitted.engine, kept, evaluate))
  }

  #read(layer: string, index: number): Float32Array {
    const key = `${layer} ${index}`
    const known = this.#values.get(key)
    if (known) return known
    const values = this.#provable.variableOf(layer, index).dataSync().slice()
    this.#values.set(key, values)
    return values
  }

  /** How much worse the metric is than the wide network's, on the half that decides. */
  #lost(value: number): number {
    const { name, better } = this.#evaluation.metric
    const difference = value - meanOf(this.#before.deciding, name)
    const lost = better === 'higher' ? -difference : difference
    return Number.isNaN(lost) ? Infinity : lost
  }

  #tolerances(): typeof POINTS {
    const { name, isShare } = this.#evaluation.metric
    if (isShare) return POINTS
    const value = Math.abs(meanOf(this.#before.deciding, name))
    return {
      lossless: RELATIVE.lossless * value,
      balanced: RELATIVE.balanced * value,
      smallest: RELATIVE.smallest * value,
    }
  }

  get #leftMs(): number {
    return Math.max(0, 1000 * this.#limits.seconds - (performance.now() - this.#began))
  }

  #tell(now = false): void {
    const ms = performance.now() - this.#began
    if (!now && ms - this.#reported < REPORT_MS) return
    this.#reported = ms
    this.#proof.seconds = ms / 1000
    const { continued } = this.#tried
    const news = { tried: this.#tried.news(), ...(continued > 0 ? { continued } : {}) }
    this.#report(structuredClone({ ...this.#proof, ...news }))
  }
}

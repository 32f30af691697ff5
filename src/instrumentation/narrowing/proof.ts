import { GroupEstimates } from '../../folding/estimates.ts'
import { WeightFolder } from '../../folding/fold.ts'
import { narrowingPath, networksOfShares, type Judge, type Step, type Widths } from '../../folding/narrowingPath.ts'
import { NetworkSize } from '../../folding/networkSize.ts'
import { pairedDifference } from '../../folding/pairedDifference.ts'
import type { RecipeGroup } from '../../folding/recipe.ts'
import type { Plan, Proof, Tolerance } from '../../protocol/proof.ts'
import { soundEvaluation, meanOf, type ChunkValues, type Evaluation } from '../examples/evaluation.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import type { Foldable } from './networkFolding.ts'
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

/** What a proof is made from. */
export interface Provable extends Foldable {
  readonly fitted: FittedModel
}

/** Limits of a proof. */
export interface ProofLimits {
  seconds: number
  /** Parameters that one plan is to have at most; null for no such plan. */
  parameters: number | null
}

/**
 * Tries narrower networks in the present one, on examples that decide, and reports on others how good those are that
 * were chosen.
 * @param report called with what is known so far, after the first evaluation and about each second
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
  readonly #wide: ReadonlyMap<string, number>
  /** Values of the weights that consume units, as they are. */
  readonly #values = new Map<string, Float32Array>()
  readonly #before: ChunkValues
  #reported = 0

  constructor(provable: Provable, limits: ProofLimits, report: (proof: Proof) => void) {
    this.#provable = provable
    this.#limits = limits
    this.#report = report
    const { recipe, moments, fitted } = provable
    this.#estimates = new GroupEstimates(recipe, moments)
    this.#folder = new WeightFolder(recipe, (layer, index) => this.#read(layer, index))
    const parameters = fitted.model.countParams()
    this.#size = new NetworkSize(recipe, parameters)
    const { evaluation, recalibrated } = soundEvaluation(fitted)
    this.#evaluation = evaluation
    const { metric, by } = this.#evaluation
    this.#wide = new Map(recipe.groups.map(({ id, width }) => [id, width]))
    this.#before = this.#evaluation.run('deciding')
    for (const name of new Set([this.#evaluation.loss ?? metric.name, metric.name]))
      if (!Number.isFinite(meanOf(this.#before, name)))
        throw new Error(`The ${name} of the network is NaN or infinite as it is, so nothing can be compared.`)
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
      value: meanOf(this.#evaluation.run('reporting'), metric.name),
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
    }
  }

  run(): void {
    this.#tell(true)
    const { recipe } = this.#provable
    const open = recipe.groups.filter((group) => this.#reasonToKeep(group) === null)
    const steps = this.#path(open)
    this.#plan(steps)
    if (this.#proof.phase === 'running') this.#curves(open)
    if (this.#proof.phase === 'running') this.#proof.phase = 'done'
    this.#tell(true)
  }

  #reasonToKeep(group: RecipeGroup): string | null {
    return group.fixed ?? this.#estimates.reasonToKeep(group)
  }

  /** Follows the path until the metric has lost more than any plan may. */
  #path(open: readonly RecipeGroup[]): Step<ChunkValues>[] {
    const steps: Step<ChunkValues>[] = []
    const judge: Judge<ChunkValues> = {
      parameters: (widths) => this.#size.parameters(new Map([...this.#wide, ...widths])),
      evaluate: (widths) => this.#evaluate(widths),
    }
    const byId = new Map(open.map((group) => [group.id, group]))
    const starts = networksOfShares(open, (id, share) => this.#estimates.widthOfShare(byId.get(id)!, share))
    // A share of a metric such as the accuracy would be too much for a start to lose.
    const path = narrowingPath(open, judge, this.#evaluation.loss === null ? [] : starts)
    for (const step of path) {
      steps.push(step)
      this.#tell()
      const isBelowBudget = this.#limits.parameters === null || step.parameters <= this.#limits.parameters
      if (this.#lost(step.result) > BEYOND * this.#tolerances().smallest && isBelowBudget) break
      if (this.#isOutOfTime()) {
        this.#proof.phase = 'out of time'
        break
      }
    }
    return steps
  }

  /** Chooses the smallest network within each tolerance, and reports how good it is. */
  #plan(steps: readonly Step<ChunkValues>[]): void {
    const limits = this.#tolerances()
    const reporting = this.#evaluation.run('reporting')
    const add = (tolerance: Tolerance, limit: number | null, step: Step<ChunkValues> | undefined) => {
      if (step) this.#proof.plans.push(this.#planOf(tolerance, limit, step.widths, step.parameters, reporting))
    }
    for (const tolerance of ['lossless', 'balanced', 'smallest'] as const)
      add(
        tolerance,
        limits[tolerance],
        steps.findLast(({ result }) => this.#lost(result) <= limits[tolerance]),
      )
    const { parameters } = this.#limits
    if (parameters !== null)
      add(
        'budget',
        null,
        steps.find((step) => step.parameters <= parameters),
      )
    this.#tell(true)
  }

  #planOf(tolerance: Tolerance, limit: number | null, widths: Widths, parameters: number, before: ChunkValues): Plan {
    const after = this.#trial(widths, () => this.#evaluation.run('reporting'))
    const { name } = this.#evaluation.metric
    const { low, high } = pairedDifference(before.values[name]!, after.values[name]!, before.examples)
    const changed: Record<string, number> = {}
    for (const { id, layers, width } of this.#provable.recipe.groups) {
      const narrow = widths.get(id) ?? width
      if (narrow !== width) for (const layer of layers) changed[layer] = narrow
    }
    const interval: Plan['interval'] = [finiteOf(low), finiteOf(high)]
    return { tolerance, limit, widths: changed, parameters, value: finiteOf(meanOf(after, name)), interval }
  }

  /** Narrows each group alone. */
  #curves(open: readonly RecipeGroup[]): void {
    const { name } = this.#evaluation.metric
    for (const group of open) {
      const { curve } = this.#proof.groups[this.#provable.recipe.groups.indexOf(group)]!
      const widths = [...new Set(CURVE.map((share) => Math.round(share * group.width)))]
      curve.push({ width: group.width, value: finiteOf(meanOf(this.#before, name)) })
      for (const width of widths.filter((each) => each >= 2 && each < group.width)) {
        if (this.#isOutOfTime()) {
          this.#proof.phase = 'out of time'
          return
        }
        const { result } = this.#evaluate(new Map([[group.id, width]]))
        curve.push({ width, value: finiteOf(meanOf(result, name)) })
        this.#tell()
      }
    }
  }

  #evaluate(widths: Widths): { loss: number; result: ChunkValues } {
    this.#proof.evaluations++
    const result = this.#trial(widths, () => this.#evaluation.run('deciding'))
    const { loss, metric } = this.#evaluation
    const value = meanOf(result, loss ?? metric.name)
    return { loss: loss === null && metric.better === 'higher' ? -value : value, result }
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
    return withTrialWeights(fitted.engine, trials, evaluate)
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
  #lost(values: ChunkValues): number {
    const { name, better } = this.#evaluation.metric
    const difference = meanOf(values, name) - meanOf(this.#before, name)
    const lost = better === 'higher' ? -difference : difference
    return Number.isNaN(lost) ? Infinity : lost
  }

  #tolerances(): typeof POINTS {
    const { name, isShare } = this.#evaluation.metric
    if (isShare) return POINTS
    const value = Math.abs(meanOf(this.#before, name))
    return {
      lossless: RELATIVE.lossless * value,
      balanced: RELATIVE.balanced * value,
      smallest: RELATIVE.smallest * value,
    }
  }

  #isOutOfTime(): boolean {
    return performance.now() - this.#began > 1000 * this.#limits.seconds
  }

  #tell(now = false): void {
    const seconds = (performance.now() - this.#began) / 1000
    if (!now && seconds - this.#reported < 1) return
    this.#reported = seconds
    this.#proof.seconds = seconds
    this.#report(structuredClone(this.#proof))
  }
}

const finiteOf = (value: number): number | null => (Number.isFinite(value) ? value : null)

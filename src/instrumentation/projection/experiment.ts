import { pairedDifference, upperBound } from '../../folding/pairedDifference.ts'
import { BASES, type Projected, type ProjectionBasis, type ProjectionPoint } from '../../protocol/trials/projection.ts'
import type { ProjectTask } from '../../protocol/task.ts'
import { DEFAULT_RELATIVE_TOLERANCE, DEFAULT_SECONDS, DEFAULT_TOLERANCE } from '../../protocol/task.ts'
import { chunksOf } from '../examples/passes/chunks.ts'
import { soundEvaluation, meanOf, type ChunkValues, type Evaluation } from '../examples/evaluation.ts'
import { fixedBatchSize, type FittedModel } from '../examples/fittedModel.ts'
import { examplesOf } from '../examples/heldBatch.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { COARSE_GRID, DELTA_GRID } from './deltaGrid.ts'
import { Projections } from './projections.ts'
import { momentsOfSites } from './siteMoments.ts'
import { SiteProjections } from './siteProjections.ts'

/** Milliseconds that the eigenvectors of 512 features take, about; the time grows with the third power of the width. */
const MS_FOR_512 = 1000
/** Share of the time that eigenvectors of one layer may take. */
const EIGENVECTOR_SHARE = 0.25
/** Observations per feature below which a covariance has directions that no example shows. */
const MIN_OBSERVATIONS_PER_FEATURE = 10

type Site = readonly [site: MeasuredSite, projections: SiteProjections]

/**
 * The paper's first claim on a trained model: outputs of its layers are projected onto eigenspaces of their covariances,
 * and the model is evaluated, all layers together and one at a time, for each delta of the paper's grid. Projections
 * onto uncentred eigenspaces and random directions of equal rank are the controls.
 */
export class ProjectionExperiment {
  readonly #fitted: FittedModel
  readonly #options: ProjectTask
  readonly #report: (result: Projected) => void
  readonly #began = performance.now()
  readonly #projections: Projections
  readonly #evaluation: Evaluation
  readonly #recalibrated: readonly string[]
  readonly #plain: { deciding: ChunkValues; reporting: ChunkValues }
  readonly #tolerance: number
  /** Values by layers, basis and ranks: many a delta has the ranks of another one. */
  readonly #known = new Map<string, Omit<ProjectionPoint, 'delta'>>()
  readonly #result: Projected
  readonly #left = new Set<string>()
  /** What the time did not suffice to try at all deltas. */
  readonly #late: string[] = []

  /**
   * @param report called with the result so far, whenever a curve is complete
   * @throws Error with a sentence for the user where the model cannot be evaluated.
   */
  constructor(fitted: FittedModel, options: ProjectTask, report: (result: Projected) => void) {
    this.#fitted = fitted
    this.#options = options
    this.#report = report
    this.#projections = new Projections(fitted.engine)
    const { evaluation, recalibrated } = soundEvaluation(fitted)
    this.#evaluation = evaluation
    this.#recalibrated = recalibrated
    const { metric, loss } = this.#evaluation
    this.#plain = { deciding: this.#evaluation.run('deciding'), reporting: this.#evaluation.run('reporting') }
    const value = meanOf(this.#plain.deciding, metric.name)
    if (!Number.isFinite(value))
      throw new Error(`${metric.name} of ${fitted.model.name} is NaN as it is, so nothing can be compared.`)
    this.#tolerance = this.#toleranceAt(value)
    this.#result = {
      model: fitted.model.name,
      metric: metric.name,
      better: metric.better,
      isShare: metric.isShare,
      source: fitted.source,
      examples: {
        deciding: this.#evaluation.examplesOf('deciding'),
        reporting: this.#evaluation.examplesOf('reporting'),
        moments: fitted.training.reduce((sum, batch) => sum + examplesOf(batch), 0),
      },
      tolerance: this.#tolerance,
      plain: {
        metric: meanOf(this.#plain.reporting, metric.name),
        loss: loss === null ? null : finiteOr(meanOf(this.#plain.reporting, loss)),
      },
      curves: [],
      notes: [],
      seconds: 0,
      done: false,
    }
  }

  /**
   * Runs the experiment as far as the time goes.
   * @param sites of the model, the outputs left out
   * @throws Error with a sentence for the user where no layer can be projected.
   */
  run(sites: readonly MeasuredSite[]): void {
    const all = this.#siteProjections(sites)
    if (all.length === 0) {
      const why = this.#left.size === 0 ? 'none but the outputs is measured.' : [...this.#left].join(' ')
      throw new Error(`No layer of the model can be projected: ${why}`)
    }
    try {
      this.#curve(null, all, 'eigenspace', DELTA_GRID)
      const perPass = (performance.now() - this.#began) / DELTA_GRID.length
      const isTight = this.#leftMs < 2 * perPass * DELTA_GRID.length * all.length
      if (isTight && all.length > 1)
        this.#left.add(
          `Other bases, and each layer alone, were tried at ${COARSE_GRID.length} of ${DELTA_GRID.length} deltas.`,
        )
      // The controls come first: without them the curve says little.
      for (const basis of BASES)
        if (basis !== 'eigenspace') this.#curve(null, all, basis, isTight ? COARSE_GRID : DELTA_GRID)
      for (const site of all.length > 1 ? all : [])
        this.#curve(site[0].name, [site], 'eigenspace', isTight ? COARSE_GRID : DELTA_GRID)
    } finally {
      this.#projections.clear()
    }
    this.#publish(true)
  }

  get #leftMs(): number {
    return (this.#options.seconds ?? DEFAULT_SECONDS) * 1000 - (performance.now() - this.#began)
  }

  /** The layers that can be projected, in the order of the forward pass. */
  #siteProjections(sites: readonly MeasuredSite[]): Site[] {
    const bearable = sites.filter(({ width, name }) => {
      const ms = MS_FOR_512 * (width / 512) ** 3
      const fits = ms < EIGENVECTOR_SHARE * this.#leftMs
      if (!fits) this.#left.add(`${name} was left as it is: the eigenvectors of ${width} features take too long.`)
      return fits
    })
    const fixed = fixedBatchSize(this.#fitted.model)
    const moments = momentsOfSites(this.#fitted, bearable, chunksOf(this.#fitted.training, fixed, 1))
    return bearable.flatMap((site) => {
      const found = moments.get(site)
      if (!found) {
        this.#left.add(`${site.name} was left as it is: its output is not known, or holds NaN or infinity.`)
        return []
      }
      if ((found.observations ?? Infinity) < MIN_OBSERVATIONS_PER_FEATURE * site.width)
        this.#left.add(
          `The covariance of ${site.name} is of ${found.observations} observations of ${site.width} features: its eigenspaces are rough.`,
        )
      return [[site, new SiteProjections(found)] as const]
    })
  }

  #curve(layer: string | null, sites: readonly Site[], basis: ProjectionBasis, deltas: readonly number[]): void {
    const points: ProjectionPoint[] = []
    const features = sites.reduce((sum, [{ width }]) => sum + width, 0)
    for (const delta of deltas) {
      if (this.#leftMs <= 0) {
        this.#late.push(layer ?? (basis === 'eigenspace' ? 'all layers together' : `the ${basis} basis`))
        break
      }
      points.push({ delta, ...this.#pointOf(sites, basis, delta) })
    }
    if (points.length === 0) return
    const beyond = points.findIndex(({ within }) => !within)
    const smallest = points.at(beyond === -1 ? -1 : beyond - 1)!.delta
    this.#result.curves.push({ layer, basis, features, points, smallest: beyond === 0 ? null : smallest })
    this.#publish(false)
  }

  #pointOf(sites: readonly Site[], basis: ProjectionBasis, delta: number): Omit<ProjectionPoint, 'delta'> {
    const ranks = sites.map(([{ id }, projections]) => [id, projections.dimension(basis, delta)] as const)
    const key = JSON.stringify([basis, ranks])
    let known = this.#known.get(key)
    if (!known) {
      this.#projections.clear()
      for (const [{ layer }, projections] of sites) this.#projections.set(layer, projections.projection(basis, delta))
      const dimensions = ranks.reduce((sum, [, k]) => sum + k, 0)
      this.#known.set(key, (known = { dimensions, ...this.#evaluate() }))
    }
    return known
  }

  #evaluate(): Omit<ProjectionPoint, 'delta' | 'dimensions'> {
    const { metric, loss } = this.#evaluation
    const during = (half: 'deciding' | 'reporting'): ChunkValues =>
      this.#projections.during(() => this.#evaluation.run(half))
    const [deciding, reporting] = [during('deciding'), during('reporting')]
    const worse = difference(this.#plain.deciding, deciding, metric.name, metric.better === 'higher' ? -1 : 1)
    const { low, high } = difference(this.#plain.reporting, reporting, metric.name, 1)
    return {
      metric: finiteOr(meanOf(reporting, metric.name)),
      loss: loss === null ? null : finiteOr(meanOf(reporting, loss)),
      interval: [finiteOr(low), finiteOr(high)],
      within: upperBound(worse) <= this.#tolerance,
    }
  }

  #toleranceAt(value: number): number {
    const { tolerance = DEFAULT_TOLERANCE, relativeTolerance = DEFAULT_RELATIVE_TOLERANCE } = this.#options
    const { metric, by } = this.#evaluation
    if (metric.better === 'higher' && metric.isShare) return tolerance
    // An error of outputs is relative to them already.
    return by === 'outputs' ? relativeTolerance : relativeTolerance * Math.abs(value)
  }

  #publish(done: boolean): void {
    const late = this.#late.length > 0 ? [`The time was over. Not tried at all deltas: ${this.#late.join(', ')}.`] : []
    const notes = [...this.#notes(), ...this.#left, ...late]
    this.#report({ ...this.#result, notes, seconds: (performance.now() - this.#began) / 1000, done })
  }

  *#notes(): Generator<string> {
    const { source, validation, isCut } = this.#fitted
    if (source === 'inputs')
      yield 'The script gave no validation data: the model is evaluated on examples that it was trained with.'
    else if (isCut)
      yield `Only the first ${validation.reduce((sum, batch) => sum + examplesOf(batch), 0)} validation examples are used.`
    if (this.#evaluation.by === 'outputs')
      yield 'No targets are known: the outputs are compared with those of the model as it is.'
    if (this.#recalibrated.length > 0)
      yield `The moving statistics of ${this.#recalibrated.join(', ')} lag behind the training, so that an evaluation says little of the model. They are replaced by those of training batches, in all trials alike.`
  }
}

function difference(first: ChunkValues, second: ChunkValues, name: string, sign: 1 | -1) {
  const signed = ({ values }: ChunkValues): number[] => values[name]!.map((value) => sign * value)
  return pairedDifference(signed(first), signed(second), first.examples)
}

function finiteOr(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

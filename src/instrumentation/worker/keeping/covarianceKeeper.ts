import { bytesOfCovariance, writeCovariances, type KeptCovariance } from '../../../learned/covariancesFile.ts'
import { clip } from '../../../protocol/clip.ts'
import type { EventBody } from '../../../protocol/events.ts'
import { areEnough } from '../../../run/sufficiency.ts'
import { Covariance } from '../../../saturation/covariance.ts'
import type { MeasureRequest } from '../../reporting/workerMessages.ts'

/** Bytes of a megabyte. */
const BYTES_PER_MB = 1e6

/**
 * Keeps the covariance of each layer's latest ended window, for `saturation merge`. A window with too few observations to
 * judge the layer does not replace one that has enough, because that one is what reports show.
 */
export class CovarianceKeeper {
  readonly #limit: number
  readonly #isFading: boolean
  readonly #kept = new Map<string, KeptCovariance>()
  /** Layers whose covariances are not kept, with the reason. */
  readonly #leftOut = new Map<string, string>()
  #isReported = false
  #bytes = 0

  /**
   * @param limit largest number of bytes that are kept
   * @param isFading whether observations lose weight with time, so that those measured do not stand for all
   */
  constructor(limit: number, isFading: boolean) {
    this.#limit = limit
    this.#isFading = isFading
  }

  /** Keeps a window, if it has ended. Its arrays are not changed by anyone after they were posted. */
  add(request: MeasureRequest): void {
    const { layer, split, width, count, effective, seen, rejected, firstStep, step, epochs, epoch } = request
    if (!request.endOfEpoch || count === 0) return
    if (request.squares) return this.#leaveOut(layer, 'it is too wide for its covariance')
    const key = `${split} ${layer}`
    const before = this.#kept.get(key)
    if (before && isEnough(before) && !areEnough(count, width, effective)) return
    const bytes = bytesOfCovariance(width) - (before ? bytesOfCovariance(before.covariance.width) : 0)
    if (this.#bytes + bytes > this.#limit)
      return this.#leaveOut(layer, `the limit of ${Math.round(this.#limit / BYTES_PER_MB)} MB is reached`)
    this.#bytes += bytes
    const covariance = new Covariance(width, request.mean, request.products, request.rounding)
    covariance.count = count
    const steps = { first: firstStep, last: step, epochs }
    const observations = Math.round(count)
    const represented = this.#isFading ? count : Math.max(count, seen - rejected)
    const known = { layer, split, observations, effective, represented, rejected, steps, epoch }
    this.#kept.set(key, { ...known, covariance })
  }

  /** Writes what is kept. @returns problems to report: what was left out, and why the file cannot be written */
  write(file: string): EventBody[] {
    const problems: EventBody[] = []
    if (this.#leftOut.size > 0 && !this.#isReported) {
      this.#isReported = true
      const names = [...this.#leftOut].map(([layer, reason]) => `${layer} (${reason})`).join(', ')
      problems.push(problem(`Covariances are not kept of ${names}.`, 'Raise --keep-weights-limit or --exact-width.'))
    }
    try {
      if (this.#kept.size > 0) writeCovariances(file, [...this.#kept.values()])
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      problems.push(problem(`The covariances cannot be kept: ${reason}`, 'Make room on the disk, and train again.'))
    }
    return problems
  }

  #leaveOut(layer: string, reason: string): void {
    this.#leftOut.set(layer, reason)
  }
}

function isEnough({ observations, effective, covariance: { width } }: KeptCovariance): boolean {
  return areEnough(observations, width, effective)
}

function problem(message: string, advice: string): EventBody {
  return { type: 'problem', layer: null, message: clip(message), advice }
}

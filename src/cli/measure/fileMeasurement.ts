import { areEnough } from '../../run/sufficiency.ts'
import { certifiedDimension } from '../../saturation/certified/certifiedDimension.ts'
import { dimension } from '../../saturation/dimension.ts'
import { effectiveRank } from '../../saturation/effectiveRank.ts'
import { eigenvalues } from '../../saturation/linalg/eigenvalues.ts'
import { leadingEigenvectors } from '../../saturation/linalg/eigenvectors.ts'
import type { Status } from '../../saturation/measure.ts'
import { RecordedCovariance } from '../../saturation/recordedCovariance.ts'
import { writeEmbedding, type EmbeddingFile } from './embeddingFile.ts'
import { UsageError } from '../console/usageError.ts'
import { openNpy } from './npyFile.ts'

/** Widest array, in features, whose covariance and eigenvalues are found: three matrices of 2 GB. */
const MAX_WIDTH = 16_384

/** Saturation of the activations in one file at one delta, as `saturation measure --json` prints it. */
export interface FileMeasurement {
  file: string
  shape: readonly number[]
  width: number
  /** Observations in the file. */
  observations: number
  /** Observations left out because they hold NaN or infinity. */
  rejected: number
  delta: number
  /** 0 where there is no variance, or there are too few observations. */
  k: number
  /** k / width in [0, 1]; null where k is not defined. */
  saturation: number | null
  status: Status
  /** Whether there were fewer than 10 finite observations per dimension: too few to judge a layer by. */
  provisional: boolean
  /** Total variance; null where float64 cannot hold it or there is nothing to sum. */
  trace: number | null
  /** Exponential of the entropy of the spectrum; null without variance, and with --k-only. */
  effectiveRank: number | null
}

/** What to find beside k at each delta. */
export interface FileOptions {
  /** Whether to find nothing else: the search then stops as soon as k is certain, far earlier in wide layers. */
  kOnly?: boolean
  /** Where to write the observations' coordinates on the leading eigenvectors. */
  embedding?: EmbeddingFile | null
}

/**
 * Measures the activations in an npy file at each delta. Reads the file once, or twice for an embedding, and needs memory
 * for a few width² numbers whatever the file's length.
 * @throws UsageError, naming the file, when it cannot be read or is not an array of features, or an embedding cannot be
 *   written.
 */
export function measureFile(file: string, deltas: number[], options: FileOptions = {}): FileMeasurement[] {
  const array = openNpy(file)
  try {
    const { shape, observations, width } = array
    if (width > MAX_WIDTH) {
      const most = MAX_WIDTH.toLocaleString('en')
      throw new UsageError(`${file} has ${width.toLocaleString('en')} features; up to ${most} can be measured.`)
    }
    const recorded = new RecordedCovariance(width)
    for (const block of array.blocks()) recorded.addRows(block)
    const { covariance, rejected } = recorded
    const enough = covariance.count >= 2
    const varies = enough && covariance.trace() > 0
    const { products } = covariance
    const { embedding } = options
    const kOnly = options.kOnly && !embedding
    const system = varies && embedding ? leadingEigenvectors(products, width, embedding.components) : null
    if (embedding) writeEmbedding(embedding, array, recorded, system?.vectors ?? [])
    const values = system?.values ?? (varies && !kOnly ? eigenvalues(products, width) : new Float64Array(0))
    const status = rejected > 0 ? 'nonFinite' : !enough ? 'tooFew' : !varies ? 'constant' : 'ok'
    return deltas.map((delta) => {
      const k = varies && kOnly ? certifiedDimension(products, width, delta).k : dimension(values, delta)
      return {
        ...{ file, shape, width, observations, rejected, delta, k },
        saturation: enough ? k / width : null,
        status,
        provisional: !areEnough(observations - rejected, width),
        trace: enough ? recorded.trace() : null,
        effectiveRank: effectiveRank(values),
      }
    })
  } finally {
    array.close()
  }
}

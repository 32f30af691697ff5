import { closeSync, existsSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { embedding } from '../../saturation/embedding.ts'
import type { RecordedCovariance } from '../../saturation/recordedCovariance.ts'
import { UsageError } from '../console/usageError.ts'
import type { NpyFile } from './npyFile.ts'
import { npyHeader } from './npyHeader.ts'

/** The file that coordinates of observations are written to, and how many coordinates each has. */
export interface EmbeddingFile {
  /** Ends in .npy or .csv. */
  file: string
  components: number
}

/**
 * Checks the target before a long measurement.
 * @param inputs files that are measured.
 * @throws UsageError when the name has neither of the known endings, there are several inputs, or it is the input itself.
 */
export function checkEmbeddingFile({ file }: EmbeddingFile, inputs: readonly string[]): void {
  if (!isNpy(file) && !file.endsWith('.csv'))
    throw new UsageError(`${file}: an embedding is written as .npy or .csv; the name tells which.`)
  if (inputs.length > 1)
    throw new UsageError(`--embedding ${file} takes one file, ${inputs.length} are to be measured.`)
  if (inputs[0] !== undefined && real(file) === real(inputs[0]))
    throw new UsageError(`${file} is the file that is measured: the embedding would take its place.`)
}

/**
 * Writes each observation's coordinates on the leading eigenvectors, in a second pass over the file, a block at a time:
 * float64 [observations, components], or CSV with a header. The coordinates of observations with NaN or infinity are NaN.
 * Components without variance, and those beyond the number of features, are 0.
 * @throws UsageError when it cannot be written.
 */
export function writeEmbedding(
  { file, components }: EmbeddingFile,
  array: NpyFile,
  recorded: RecordedCovariance,
  vectors: readonly Float64Array[],
): void {
  const none = new Float64Array(array.width)
  const all = Array.from({ length: components }, (_, i) => vectors[i] ?? none)
  const names = all.map((_, i) => `component_${i + 1}`)
  const isNew = !existsSync(file)
  let out: number | null = null
  try {
    out = openSync(file, 'w')
    writeFully(out, isNpy(file) ? npyHeader([array.observations, components]) : Buffer.from(`${names.join()}\n`))
    for (const block of array.blocks()) {
      recorded.centre(block)
      const points = embedding(block, array.width, all).map((x) => (Number.isFinite(x) ? x : NaN))
      recorded.unscale(points)
      writeFully(out, isNpy(file) ? Buffer.from(points.buffer) : csvOf(points, components))
    }
  } catch (error) {
    if (out !== null && isNew) rmSync(file, { force: true })
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`)
  } finally {
    if (out !== null) closeSync(out)
  }
}

function csvOf(points: Float64Array, components: number): Buffer {
  const lines: string[] = []
  for (let at = 0; at < points.length; at += components) lines.push(`${points.subarray(at, at + components).join()}\n`)
  return Buffer.from(lines.join(''))
}

function writeFully(handle: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done)
}

function isNpy(file: string): boolean {
  return file.endsWith('.npy')
}

/** A file's path with links resolved; a path without a file is returned as it is. */
function real(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return path.resolve(file)
  }
}

import { checkEmbeddingFile } from './embeddingFile.ts'
import { UsageError } from '../console/usageError.ts'
import { measureFile, type FileMeasurement } from './fileMeasurement.ts'
import { renderMeasurements } from './measureTable.ts'
import { printJson, printLine } from '../console/terminalText.ts'

/** Options of `saturation measure`. */
export interface MeasureFlags {
  delta?: number[]
  json?: true
  kOnly?: true
  /** Path of the file that gets the observations' coordinates on the leading eigenvectors. */
  embedding?: string
  components?: number
}

/**
 * Measures dumped activations and prints a table or JSON: one entry per file and delta. A file that cannot be measured
 * is named on the error output, and the others are measured all the same.
 * @returns the exit code: 2 when a file could not be measured.
 */
export function measureFiles(files: string[], flags: MeasureFlags): number {
  const { delta = [0.99], json, components = 2 } = flags
  const embedding = flags.embedding === undefined ? null : { file: flags.embedding, components }
  const options = { kOnly: flags.kOnly === true, embedding }
  const measured: FileMeasurement[] = []
  let failed = false
  for (const file of files) {
    try {
      if (embedding) checkEmbeddingFile(embedding, files)
      measured.push(...measureFile(file, delta, options))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      failed = true
      printLine(process.stderr, `saturation: ${error.message}`)
    }
  }
  if (json) printJson(measured)
  else if (measured.length > 0) printLine(process.stdout, renderMeasurements(measured))
  return failed ? 2 : 0
}

import { writeLearned } from '../../../learned/learnedFile.ts'
import { clip } from '../../../protocol/clip.ts'
import type { EventBody } from '../../../protocol/events.ts'
import type { KeepRequest } from '../../reporting/workerMessages.ts'

/**
 * Writes what a training has learned.
 * @param file absolute path
 * @returns the event that says so; a problem where it cannot be written, and the file is as it was before.
 */
export function keepWeights({ learned, bytes, step }: KeepRequest, file: string): EventBody {
  try {
    writeLearned(file, learned)
    return { type: 'weights kept', step, bytes }
  } catch (error) {
    return {
      type: 'problem',
      layer: null,
      message: clip(`The weights cannot be kept: ${error instanceof Error ? error.message : String(error)}`),
      advice: 'Make room on the disk if a later run is to inherit them. The training is not affected.',
    }
  }
}

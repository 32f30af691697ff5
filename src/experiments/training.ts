import { readLog } from '../runner/history/log.ts'
import { fold } from '../run/fold.ts'
import { emptyRun, type RunState } from '../run/state.ts'
import type { Override } from '../protocol/overrides.ts'
import type { Task } from '../protocol/task.ts'

/** A training that an experiment asks for. */
export interface TrainingRequest {
  /** Unique within the experiment; the name of its log, without extension. */
  readonly name: string
  readonly overrides: readonly Override[]
  /** The training whose weights it begins with; null where it begins as the program makes them. */
  readonly inherit: Training | null
  readonly task: Task | null
  /** Whether every observation is measured, whatever it costs; else a sample within the budget. */
  readonly everyRow?: boolean
}

/** A training that has ended, as its log tells. */
export interface Training {
  /** Path of its log. */
  readonly log: string
  readonly state: RunState
  /** The epochs in their order. */
  readonly epochs: readonly TrainedEpoch[]
}

/** An epoch of a training. */
export interface TrainedEpoch {
  /** Counted from 0. */
  readonly epoch: number
  /** Optimiser steps by its end. */
  readonly step: number
  /** Its end, milliseconds since the Unix epoch. */
  readonly time: number
  readonly metrics: Readonly<Record<string, number | null>>
}

/** Reads a training from its log. @returns null where there is no log, or it does not say how the training ended. */
export async function readTraining(log: string): Promise<Training | null> {
  const state = emptyRun()
  const epochs: TrainedEpoch[] = []
  try {
    for await (const entry of readLog(log)) {
      if (!('event' in entry) || !fold(state, entry.event)) continue
      const { event } = entry
      if (event.type !== 'epoch') continue
      const { epoch, step, time, metrics } = event
      epochs.push({ epoch, step, time, metrics })
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return state.ended ? { log, state, epochs } : null
}

/** Number of epochs of each `fit`: a program may call it several times, and each counts its epochs from 0. */
export function epochsOfFit({ epochs }: Pick<Training, 'epochs'>): number {
  return epochs.reduce((most, { epoch }) => Math.max(most, epoch + 1), 0)
}

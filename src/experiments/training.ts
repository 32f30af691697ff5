import { readLog } from '../runner/history/log.ts'
import { fold } from '../run/fold.ts'
import { emptyRun, type RunState } from '../run/state.ts'
import type { RunEvent } from '../protocol/events.ts'
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
  /** Whether the weights it inherits are evaluated, and nothing is trained. */
  readonly evaluates?: boolean
  /** Whether it is to end before its last epoch; it trains to the end when missing. */
  readonly stopWhen?: StopWhen
}

/** Why a training was ended before its last epoch: its metric could not come back, or the time was up. */
export type StopReason = 'hopeless' | 'time'

/** Decides from what a training has done so far. @param ms since the training was started */
export type StopWhen = (epochs: readonly TrainedEpoch[], ms: number) => StopReason | null

/**
 * Trains with a script, or finds that it was trained so before. A training that fails is a result; its state says why.
 * @throws ExperimentError when it was stopped, unless its request stops it.
 */
export type Train = (request: TrainingRequest) => Promise<Training>

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
    for await (const entry of readLog(log))
      if ('event' in entry && fold(state, entry.event)) epochs.push(...epochsIn([entry.event]))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return state.ended ? { log, state, epochs } : null
}

/** The epochs that ended with some events. */
export function epochsIn(events: readonly RunEvent[]): TrainedEpoch[] {
  return events.flatMap((event) => {
    if (event.type !== 'epoch') return []
    const { epoch, step, time, metrics } = event
    return { epoch, step, time, metrics }
  })
}

/** Why a training was ended before its last epoch, as whoever asked for it decides; null where it was not. */
export function stopReason({ state: { ended, startedAt }, epochs }: Training, stopWhen?: StopWhen): StopReason | null {
  if (ended?.how !== 'stopped' || startedAt === null) return null
  return stopWhen?.(epochs, ended.time - startedAt) ?? null
}

/** Milliseconds that a training's process took, without its proof. */
export function runMs({ state: { startedAt, ended, proof } }: Training): number {
  return startedAt === null || !ended ? 0 : Math.max(0, ended.time - startedAt - 1000 * (proof?.seconds ?? 0))
}

/** Number of epochs of each `fit`: a program may call it several times, and each counts its epochs from 0. */
export function epochsOfFit({ epochs }: Pick<Training, 'epochs'>): number {
  return epochs.reduce((most, { epoch }) => Math.max(most, epoch + 1), 0)
}

import { resolve } from 'node:path'
import type { Progress, RunState } from '../run/state.ts'
import { fileKey } from './fileKey.ts'

/** True while the run is on and `path` is the script it runs. */
export function isRunning(run: RunState | null, path: string): boolean {
  if (!run || run.phase === 'ended' || run.script === '') return false
  return fileKey(resolve(run.cwd, run.script)) === fileKey(path)
}

/** How far a run that is on has come: `epoch 2 of 10 · 43 %`; `step 340` where the end is not known. */
export function progressOf({ progress, phase }: RunState): string {
  if (!progress) return phase === 'starting' ? 'starting' : 'training'
  const { epoch, epochs, step } = progress
  if (epoch === null) return `step ${step.toLocaleString('en')}`
  const words = epochs === null ? `epoch ${epoch + 1}` : `epoch ${epoch + 1} of ${epochs}`
  const percent = percentDone(progress)
  return percent === null ? `${words} · step ${step.toLocaleString('en')}` : `${words} · ${percent} %`
}

/** Steps done of all steps, in whole percent; null when their number is not known. */
function percentDone({ epoch, epochs, stepInEpoch, stepsPerEpoch }: Progress): number | null {
  if (epoch === null || !epochs || stepInEpoch === null || !stepsPerEpoch) return null
  const done = epoch * stepsPerEpoch + Math.min(stepInEpoch, stepsPerEpoch)
  return Math.min(100, Math.floor((done * 100) / (epochs * stepsPerEpoch)))
}

import type { RunEvent } from '../../src/protocol/events.ts'

/** A step of the training process. Steps are counted from 1, so `step` is `seq` + 1. */
export function stepEvent(seq: number): Extract<RunEvent, { type: 'step' }> {
  const place = { epoch: 0, epochs: 1, stepInEpoch: seq + 1, stepsPerEpoch: 100 }
  return {
    type: 'step',
    seq,
    by: 'trainer',
    time: 1_700_000_000_000 + seq,
    step: seq + 1,
    ...place,
    loss: 1 / (seq + 1),
  }
}

/** A problem that the training process or the session reports. */
export function problemEvent(seq: number, message: string, by: RunEvent['by'] = 'trainer'): RunEvent {
  return { type: 'problem', seq, by, time: 1_700_000_000_000, layer: null, message, advice: '' }
}

import { parseEvent, type RunEvent } from '../../protocol/events.ts'
import { fold } from '../../run/fold.ts'
import { emptyRun, type RunState } from '../../run/state.ts'
import { epochsIn, type TrainedEpoch } from '../training.ts'
import { GrowingLines } from './growingLines.ts'

/** A log that is read while another process writes it. */
export class FollowedLog {
  readonly state: RunState = emptyRun()
  readonly epochs: TrainedEpoch[] = []
  readonly #lines: GrowingLines

  /** @param file that does not have to exist yet */
  constructor(file: string) {
    this.#lines = new GrowingLines(file)
  }

  /** Reads what has been written since. */
  update(): void {
    for (const line of this.#lines.update()) {
      const event = eventIn(line)
      if (event && fold(this.state, event)) this.epochs.push(...epochsIn([event]))
    }
  }
}

function eventIn(line: string): RunEvent | null {
  try {
    const parsed = parseEvent(JSON.parse(line))
    return 'event' in parsed ? parsed.event : null
  } catch {
    return null
  }
}

import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { parseEvent, type RunEvent } from '../../protocol/events.ts'
import { fold } from '../../run/fold.ts'
import { emptyRun, type RunState } from '../../run/state.ts'
import { epochsIn, type TrainedEpoch } from '../training.ts'

/** Bytes that are read at once. */
const BLOCK_BYTES = 1 << 20

/** A log that is read while another process writes it. */
export class FollowedLog {
  readonly state: RunState = emptyRun()
  readonly epochs: TrainedEpoch[] = []
  readonly #file: string
  readonly #decoder = new StringDecoder('utf8')
  #at = 0
  #rest = ''

  /** @param file that does not have to exist yet */
  constructor(file: string) {
    this.#file = file
  }

  /** Reads what has been written since. A line that is not finished yet waits. */
  update(): void {
    let handle
    try {
      handle = openSync(this.#file, 'r')
    } catch {
      return
    }
    try {
      const block = Buffer.alloc(BLOCK_BYTES)
      for (let read; (read = readSync(handle, block, 0, block.length, this.#at)) > 0;) {
        this.#at += read
        this.#take(this.#decoder.write(block.subarray(0, read)))
      }
    } finally {
      closeSync(handle)
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
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

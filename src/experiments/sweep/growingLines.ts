import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Bytes that are read at once. */
const BLOCK_BYTES = 1 << 20

/** The lines of a file that another process writes. */
export class GrowingLines {
  readonly #file: string
  readonly #decoder = new StringDecoder('utf8')
  #at = 0
  #rest = ''

  /** @param file that does not have to exist yet */
  constructor(file: string) {
    this.#file = file
  }

  /** Reads the lines that have been written since. A line that is not finished yet waits. */
  update(): string[] {
    let handle
    try {
      handle = openSync(this.#file, 'r')
    } catch {
      return []
    }
    let text = this.#rest
    try {
      const block = Buffer.alloc(BLOCK_BYTES)
      for (let read; (read = readSync(handle, block, 0, block.length, this.#at)) > 0;) {
        this.#at += read
        text += this.#decoder.write(block.subarray(0, read))
      }
    } finally {
      closeSync(handle)
    }
    const lines = text.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }
}

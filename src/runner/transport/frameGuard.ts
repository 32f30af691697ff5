/** Longest header block of a frame in bytes; ours are shorter than 40. */
const LONGEST_HEADER = 1024
/** Longest message before `hello`: whoever does not know the secret does not get to fill the memory. */
const STRANGER_LIMIT = 64 * 1024
/** Longest message of the training process: a report of some thousand layers, with room to spare. */
const GUEST_LIMIT = 64 * 1024 * 1024

/**
 * Checks the Content-Length framing of a byte stream before vscode-jsonrpc sees it, because that reader collects a
 * frame of any announced length, and on a broken header collects for ever.
 */
export class FrameGuard {
  /** Whole frames that have passed. */
  frames = 0
  #limit = STRANGER_LIMIT
  #header = ''
  #bodyLeft = 0
  #inBody = false

  /** Lets longer frames pass from now on, the other side having said the secret. */
  trust(): void {
    this.#limit = GUEST_LIMIT
  }

  /** Follows the next bytes of the stream. @returns what is wrong with them, or null. */
  check(chunk: Buffer): string | null {
    let at = 0
    while (at < chunk.length) {
      if (this.#inBody) {
        const taken = Math.min(this.#bodyLeft, chunk.length - at)
        this.#bodyLeft -= taken
        at += taken
      } else {
        const before = this.#header.length
        // latin1 maps bytes to characters one to one, so positions in the text are positions in the chunk.
        this.#header += chunk.toString('latin1', at, at + LONGEST_HEADER)
        const end = this.#header.indexOf('\r\n\r\n')
        if (end < 0) {
          if (this.#header.length >= LONGEST_HEADER) return 'a message header that does not end'
          return null
        }
        at += end + 4 - before
        const wrong = this.#begin(this.#header.slice(0, end))
        if (wrong) return wrong
      }
      if (this.#inBody && this.#bodyLeft === 0) this.#finish()
    }
    return null
  }

  #begin(header: string): string | null {
    const fields = header.split('\r\n')
    const announced = fields.flatMap((field) => /^content-length: *(\d+)$/i.exec(field)?.[1] ?? [])
    // Everything that vscode-jsonrpc's reader would understand differently is refused, or the two would lose step.
    if (announced.length !== 1 || !fields.every((field) => field.includes(':'))) {
      return 'a message header without a valid Content-Length'
    }
    const length = Number(announced[0])
    if (length > this.#limit) {
      return `a message of ${length.toLocaleString('en')} bytes, above the limit of ${this.#limit.toLocaleString('en')}`
    }
    this.#bodyLeft = length
    this.#inBody = true
    return null
  }

  #finish(): void {
    this.frames++
    this.#inBody = false
    this.#header = ''
  }
}

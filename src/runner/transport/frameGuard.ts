/** Bytes of the longest header block of a frame that passes; our own headers are shorter than 40 bytes. */
const MAX_HEADER_BYTES = 1024
/** The only headers that pass: one length, and behind it at most one type, as LSP's base protocol has them. */
const HEADER = /^Content-Length: (0|[1-9]\d{0,9})(?:\r\nContent-Type: [\x20-\x7e]+)?$/
/** Bytes of the longest message that passes before `hello`, so that nobody can fill the memory without the secret. */
const MAX_UNTRUSTED_MESSAGE_BYTES = 64 * 1024
/** Bytes of the longest message of the training process, more than a report of some thousand layers needs. */
const MAX_TRUSTED_MESSAGE_BYTES = 64 * 1024 * 1024

/**
 * Checks the Content-Length framing of a byte stream before vscode-jsonrpc reads it. That reader would buffer a frame
 * of any announced length, and would buffer without end after a broken header.
 */
export class FrameGuard {
  /** Number of complete frames that have passed. */
  frames = 0
  #maxMessageBytes = MAX_UNTRUSTED_MESSAGE_BYTES
  #header = ''
  #bodyLeft = 0
  #inBody = false

  /** Lets longer messages pass from now on, because the other side has sent the secret. */
  trust(): void {
    this.#maxMessageBytes = MAX_TRUSTED_MESSAGE_BYTES
  }

  /** Checks the next bytes of the stream. @returns what is wrong with them, or null. */
  check(chunk: Buffer): string | null {
    let at = 0
    while (at < chunk.length) {
      if (this.#inBody) {
        const taken = Math.min(this.#bodyLeft, chunk.length - at)
        this.#bodyLeft -= taken
        at += taken
      } else {
        const before = this.#header.length
        // latin1 maps each byte to one character, so positions in the text are positions in the chunk.
        this.#header += chunk.toString('latin1', at, at + MAX_HEADER_BYTES)
        const end = this.#header.indexOf('\r\n\r\n')
        if (end < 0) {
          if (this.#header.length >= MAX_HEADER_BYTES) return 'a message header that does not end'
          return null
        }
        at += end + 4 - before
        const wrong = this.#beginBody(this.#header.slice(0, end))
        if (wrong) return wrong
      }
      if (this.#inBody && this.#bodyLeft === 0) this.#endFrame()
    }
    return null
  }

  #beginBody(header: string): string | null {
    // Anything that vscode-jsonrpc's reader could read differently is refused, or the two would disagree about frame
    // ends: it takes the last of several lengths, the number at the start of any text, and lone carriage returns.
    const announced = HEADER.exec(header)?.[1]
    if (announced === undefined) return 'a message header without a valid Content-Length'
    const length = Number(announced)
    if (length > this.#maxMessageBytes) {
      return `a message of ${length.toLocaleString('en')} bytes, above the limit of ${this.#maxMessageBytes.toLocaleString('en')}`
    }
    this.#bodyLeft = length
    this.#inBody = true
    return null
  }

  #endFrame(): void {
    this.frames++
    this.#inBody = false
    this.#header = ''
  }
}

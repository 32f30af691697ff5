import { StringDecoder } from 'node:string_decoder'
import type { Readable, Writable } from 'node:stream'
import { createLogUpdate } from 'log-update'

/** A stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/**
 * Live lines at the bottom of a terminal; a program's output scrolls above them line by line. A line that the program has
 * not finished yet (a prompt, a progress bar that rewrites itself) is shown as the first live line.
 */
export class Screen {
  readonly #terminal: Output
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #pending = new Map<Output, string>()
  #live: readonly string[] = []
  #closed = false

  constructor(terminal: Output) {
    this.#terminal = terminal
    this.#update = createLogUpdate(terminal as NodeJS.WriteStream)
  }

  /** Room for live lines. */
  get room(): { columns: number; rows: number } {
    return { columns: this.#terminal.columns ?? 80, rows: (this.#terminal.rows ?? 24) - 1 }
  }

  /** Replaces the live lines. */
  show(lines: readonly string[]): void {
    if (this.#closed) return
    this.#live = lines
    this.#draw()
  }

  /** Passes the output of `source` on to the terminal `target`, above the live lines. */
  pass(source: Readable, target: Output): void {
    const decoder = new StringDecoder('utf8')
    source.on('data', (chunk: Buffer) => this.#print(target, decoder.write(chunk)))
  }

  /** Removes the live lines and writes the program's unfinished ones. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#update.clear()
    for (const [target, rest] of this.#pending) if (rest !== '') target.write(rest + '\n')
    this.#update.done()
  }

  #print(target: Output, text: string): void {
    const all = (this.#pending.get(target) ?? '') + text
    const end = all.lastIndexOf('\n') + 1
    const rest = sinceLastReturn(all.slice(end))
    // Every picture draws an unfinished line again, so only its last row waits for its end.
    const full = fullRows(rest, this.room.columns)
    const finished = full > 0 ? `${all.slice(0, end)}${rest.slice(0, full)}\n` : all.slice(0, end)
    this.#pending.set(target, rest.slice(full))
    if (this.#closed) {
      target.write(finished)
      return
    }
    if (finished !== '') {
      this.#update.clear()
      target.write(finished)
    }
    this.#draw()
  }

  #draw(): void {
    const unfinished = [...this.#pending.values()].map(visiblePart).filter((text) => text !== '')
    this.#update([...unfinished, ...this.#live].join('\n'))
  }
}

/** Characters of a control sequence at most: a text is not cut so soon behind the beginning of one. */
const MAX_SEQUENCE = 64

/** Length of the part of an unfinished line that fills rows of the terminal; 0 when there is none, or it is rewritten. */
function fullRows(line: string, columns: number): number {
  // A line with returns in it is drawn again from its start, so no part of it is finished; but it ends at some length.
  if (line.includes('\r') && line.length < 20 * columns) return 0
  const full = line.length - (line.length % columns)
  const sequence = line.lastIndexOf('\u001b', full)
  return sequence >= 0 && full - sequence < MAX_SEQUENCE ? sequence : full
}

/** The part of an unfinished line after its last carriage return: a progress bar would otherwise pile up. */
function sinceLastReturn(text: string): string {
  const start = text.lastIndexOf('\r', text.length - 2)
  return start > 0 ? text.slice(start) : text
}

/** What a terminal shows of a line with carriage returns in it. */
function visiblePart(text: string): string {
  return text.split('\r').findLast((part) => part !== '') ?? ''
}

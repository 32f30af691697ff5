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
    this.#pending.set(target, sinceLastReturn(all.slice(end)))
    if (this.#closed) {
      target.write(all.slice(0, end))
      return
    }
    if (end > 0) {
      this.#update.clear()
      target.write(all.slice(0, end))
    }
    this.#draw()
  }

  #draw(): void {
    const unfinished = [...this.#pending.values()].map(visiblePart).filter((text) => text !== '')
    this.#update([...unfinished, ...this.#live].join('\n'))
  }
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

import { StringDecoder } from 'node:string_decoder'
import type { Readable, Writable } from 'node:stream'
import { createLogUpdate } from 'log-update'

/** A stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/**
 * Live lines at the bottom of a terminal, with a program's output passing above them line by line. A line the program
 * has not finished yet (a prompt, a progress bar that returns to its start) is shown as the first live one.
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

  /** Lets what comes from `source` pass to `target`, a terminal, above the live lines. */
  pass(source: Readable, target: Output): void {
    const decoder = new StringDecoder('utf8')
    source.on('data', (chunk: Buffer) => this.#print(target, decoder.write(chunk)))
  }

  /** Takes the live lines away and writes what is left of unfinished ones. */
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
    this.#pending.set(target, lastWriting(all.slice(end)))
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
    const unfinished = [...this.#pending.values()].map(lastState).filter((text) => text !== '')
    this.#update([...unfinished, ...this.#live].join('\n'))
  }
}

/** An unfinished line from where it last returned to its start: a progress bar would pile up without end. */
function lastWriting(text: string): string {
  const start = text.lastIndexOf('\r', text.length - 2)
  return start > 0 ? text.slice(start) : text
}

/** What a terminal would show of a line that returns to its start and is written over. */
function lastState(text: string): string {
  return text.split('\r').findLast((part) => part !== '') ?? ''
}

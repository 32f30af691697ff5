import type { Writable } from 'node:stream'

/** A stream that is a terminal. */
export type Terminal = Writable & { columns?: number; rows?: number }

/** Rows of the terminal that the program's output keeps at least. */
const MIN_OUTPUT_ROWS = 6

const ESC = '\u001b'
const CSI = `${ESC}[`
/** Saves and restores cursor, colours and styles in one place, as any VT100 does (DECSC, DECRC). */
const SAVE = `${ESC}7`
const RESTORE = `${ESC}8`
/** Removes the scroll region (DECSTBM without margins). */
const WHOLE_SCREEN = `${CSI}r`
const ERASE_LINE = `${CSI}2K`
const ERASE_BELOW = `${CSI}J`
const NO_STYLE = `${CSI}0m`

/**
 * Live lines at the bottom of a terminal that a program is writing to at the same time. The program has the rows above as
 * its scroll region, so its output and cursor never meet the lines, and it may rewrite its own lines as it likes. Each
 * picture is one write, which the terminal does not mix with those of other processes.
 */
export class Screen {
  readonly #terminal: Terminal
  readonly #onResize = (): void => this.#resized()
  readonly #onExit = (): void => this.close()
  #lines: readonly string[] = []
  /** Rows that are kept free of the program's output. They grow with the lines and never shrink. */
  #height = 0
  /** Rows of the terminal when the scroll region was set. */
  #rows = 0
  #isOpen = true

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    terminal.on('resize', this.#onResize)
    // The region must not outlive this process, however it ends.
    process.on('exit', this.#onExit)
  }

  /** Room for live lines; 0 rows where the terminal is too small for any. */
  get room(): { columns: number; rows: number } {
    const { columns = 80, rows = 24 } = this.#terminal
    return { columns, rows: Math.max(0, Math.min(Math.floor(rows / 2), rows - MIN_OUTPUT_ROWS)) }
  }

  /** Replaces the live lines. The program may have erased them, so that they are drawn even if they have not changed. */
  show(lines: readonly string[]): void {
    if (!this.#isOpen) return
    this.#lines = lines.slice(0, this.room.rows)
    if (this.#lines.length > this.#height) this.#write(this.#widen())
    else if (this.#height > 0) this.#write(this.#picture())
  }

  /** Removes the live lines and gives the whole screen to the program, until `show` is called again. */
  clear(): void {
    if (this.#height === 0) return
    this.#write(SAVE + WHOLE_SCREEN + at(this.#rows - this.#height + 1) + ERASE_BELOW + RESTORE)
    this.#height = 0
  }

  /** Removes the live lines for good. */
  close(): void {
    this.clear()
    this.#isOpen = false
    this.#terminal.off('resize', this.#onResize)
    process.off('exit', this.#onExit)
  }

  /** Terminals drop the scroll region when they are resized, and may have moved the lines anywhere below the cursor. */
  #resized(): void {
    if (this.#height === 0) return
    this.#height = 0
    this.#write(SAVE + WHOLE_SCREEN + RESTORE)
    this.#lines = this.#lines.slice(0, this.room.rows)
    const height = this.#lines.length
    if (height > 0) this.#write(makeRoom(height) + SAVE + `${CSI}B\r` + ERASE_BELOW + RESTORE + this.#widen())
  }

  /** Takes as many rows as there are lines from the scroll region. */
  #widen(): string {
    const room = makeRoom(this.#lines.length - this.#height)
    this.#height = this.#lines.length
    return room + this.#picture()
  }

  #picture(): string {
    this.#rows = this.#terminal.rows ?? 24
    const top = this.#rows - this.#height
    const drawn = Array.from({ length: this.#height }, (_, i) => at(top + 1 + i) + ERASE_LINE + (this.#lines[i] ?? ''))
    return SAVE + NO_STYLE + `${CSI}1;${top}r` + drawn.join('') + RESTORE
  }

  #write(text: string): void {
    this.#terminal.write(text)
  }
}

/** Moves the cursor to the first column of a row, counted from 1. */
function at(row: number): string {
  return `${CSI}${row};1H`
}

/** Scrolls as far as it takes to have `rows` rows below the cursor, which stays in its text and column (IND, CUU). */
function makeRoom(rows: number): string {
  return `${ESC}D`.repeat(rows) + `${CSI}${rows}A`
}

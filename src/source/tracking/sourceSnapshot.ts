import type { AskSource } from '../background/tasks.ts'
import type { TrackedText } from './trackedText.ts'

/** A file as it is on disk. */
export interface FileOnDisk {
  text: string
  /** Time of its last change, in milliseconds since the Unix epoch. */
  modified: number
}

/** Where a layer was made. Line and column are counted from 1. */
interface Position {
  line: number
  column: number
}

/**
 * Milliseconds after the start within which a change of the file still belongs to the start. Clocks of file systems are
 * coarse, and starting a run saves its script.
 */
const CLOCK_TOLERANCE_MS = 1000

/** A source file as it was when the run started. The lines and columns of the run's sites refer to its text. */
export class SourceSnapshot {
  readonly text: string
  /** Whether the file changed between the start of the run and the snapshot, so that sites may be at other places. */
  readonly changedSince: boolean
  readonly #path: string
  readonly #ask: AskSource
  /** By place; null where there is none, or as long as it is not known. */
  readonly #definitions = new Map<string, TrackedText | null>()

  /** @param startedAt when the run started, in milliseconds since the Unix epoch; null when unknown */
  constructor(path: string, file: FileOnDisk, startedAt: number | null, ask: AskSource) {
    // Columns of V8 and of the editor do not include a byte order mark.
    this.text = file.text.replace(/^\uFEFF/, '')
    this.changedSince = startedAt !== null && file.modified > startedAt + CLOCK_TOLERANCE_MS
    this.#path = path
    this.#ask = ask
  }

  /** Finds the definitions at new sites. @returns whether any were found. */
  async locate(sites: readonly Position[]): Promise<boolean> {
    const unknown = sites.filter((site) => !this.#definitions.has(keyOf(site)))
    if (unknown.length === 0) return false
    for (const site of unknown) this.#definitions.set(keyOf(site), null)
    const positions = unknown.map(({ line, column }) => ({ line, column }))
    // What takes the parser too long can still be shown on its line.
    const ranges =
      (await this.#ask('definitionsIn', this.text, this.#path, true, positions)) ??
      (await this.#ask('definitionsIn', this.text, this.#path, false, positions)) ??
      []
    unknown.forEach((site, i) => {
      const range = ranges[i]
      if (!range) return
      const original = this.text.slice(range.start, range.end)
      this.#definitions.set(keyOf(site), { ...range, original, lost: false })
    })
    return ranges.length > 0
  }

  /** The text that defines a layer; null when the text has no such position, or as long as it has not been located. */
  definitionAt(site: Position): TrackedText | null {
    return this.#definitions.get(keyOf(site)) ?? null
  }
}

function keyOf({ line, column }: Position): string {
  return `${line}:${column}`
}

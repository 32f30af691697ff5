import { constructionAt } from '../constructions.ts'
import { offsetOf } from '../lines.ts'
import { parseCode, type ParsedCode } from '../parse.ts'
import type { TrackedText } from './trackedText.ts'

/** A file as it is on disk. */
export interface FileOnDisk {
  text: string
  /** Time of its last change, in milliseconds since the Unix epoch. */
  modified: number
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
  readonly #parsed: ParsedCode | null

  /** @param startedAt when the run started, in milliseconds since the Unix epoch; null when unknown */
  constructor(path: string, file: FileOnDisk, startedAt: number | null) {
    // Columns of V8 and of the editor do not include a byte order mark.
    this.text = file.text.replace(/^\uFEFF/, '')
    this.changedSince = startedAt !== null && file.modified > startedAt + CLOCK_TOLERANCE_MS
    this.#parsed = parseCode(this.text, path)
  }

  /**
   * The text that defines a layer: the call at the site, or the rest of the line when no call is there.
   * @param site line and column counted from 1
   * @returns offsets in `text`; null when the text has no such position.
   */
  definitionAt(site: { line: number; column: number }): TrackedText | null {
    const construction = this.#parsed && constructionAt(this.#parsed, site)
    const start = construction?.ownStart ?? offsetOf(this.text, site.line, site.column)
    if (start === null) return null
    const end = construction?.end ?? start + this.text.slice(start).search(/[\r\n]|$/)
    return { start, end, original: this.text.slice(start, end), lost: false }
  }
}

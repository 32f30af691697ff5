import { constructionAt } from '../constructions.ts'
import { offsetOf } from '../lines.ts'
import { parseCode, type ParsedCode } from '../parse.ts'
import type { Tracked } from './trackedText.ts'

/** A file as it is on disk. */
export interface FileOnDisk {
  text: string
  /** Time of its last change, in milliseconds since the Unix epoch. */
  modified: number
}

/** Clocks of file systems are coarse; a save that was part of starting the run is no edit since. */
const CLOCK_TOLERANCE_MS = 1000

/** A source file as the run found it, the text that its sites are counted in. */
export class FileAtStart {
  readonly text: string
  /** True when the file was changed before it could be read, so that its sites may be off. */
  readonly changedSince: boolean
  readonly #parsed: ParsedCode | null

  /** @param startedAt when the run started, in milliseconds since the Unix epoch; null when unknown */
  constructor(path: string, file: FileOnDisk, startedAt: number | null) {
    // Neither V8 nor the editor counts a byte order mark.
    this.text = file.text.replace(/^\uFEFF/, '')
    this.changedSince = startedAt !== null && file.modified > startedAt + CLOCK_TOLERANCE_MS
    this.#parsed = parseCode(this.text, path)
  }

  /**
   * The text that defined a layer: the call at the site, else the rest of the site's line.
   * @param site line and column counted from 1
   * @returns offsets in `text`; null when the text has no such place.
   */
  definitionAt(site: { line: number; column: number }): Tracked | null {
    const construction = this.#parsed && constructionAt(this.#parsed, site)
    const start = construction?.ownStart ?? offsetOf(this.text, site.line, site.column)
    if (start === null) return null
    const end = construction?.end ?? start + this.text.slice(start).search(/[\r\n]|$/)
    return { start, end, original: this.text.slice(start, end), lost: false }
  }
}

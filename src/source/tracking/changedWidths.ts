import type { AskSource } from '../background/tasks.ts'
import type { FingerprintedWidth } from '../edits/widthFingerprint.ts'

/** A layer whose code names its width. */
export interface NamedWidth extends FingerprintedWidth {
  /** Its id in the run. */
  layer: string
}

/** Texts of files that differ, or may differ, from those on disk, by path. */
type Texts = Readonly<Record<string, string>>

/**
 * Knows for which layers of a run the source gives another width than it did when the run started: the number itself,
 * or the constant, configuration or file behind it, in any file of the program.
 */
export class ChangedWidths {
  readonly #ask: AskSource
  readonly #program: { script: string; cwd: string }
  /** What the source gave to each layer when the run started, by id; null where that is not known. */
  readonly #before = new Map<string, string | null>()
  #changed: ReadonlySet<string> = new Set()
  #asked = 0

  /** @param program the run's script and working folder; empty where they are not known */
  constructor(ask: AskSource, program: { script: string; cwd: string }) {
    this.#ask = ask
    this.#program = program
  }

  /** Ids of the layers whose width has changed. */
  get layers(): ReadonlySet<string> {
    return this.#changed
  }

  /** Remembers what the source gives to layers that are new. @param texts as the run started with them */
  async remember(widths: readonly NamedWidth[], texts: Texts): Promise<void> {
    const unknown = widths.filter(({ layer }) => !this.#before.has(layer))
    for (const { layer } of unknown) this.#before.set(layer, null)
    const given = await this.#fingerprints(unknown, texts)
    unknown.forEach(({ layer }, i) => this.#before.set(layer, given?.[i] ?? null))
  }

  /**
   * Compares what the source gives now.
   * @param widths at the sites that they have in the texts
   * @returns whether other layers have changed than before.
   */
  async compare(widths: readonly NamedWidth[], texts: Texts): Promise<boolean> {
    const asked = ++this.#asked
    const known = widths.filter(({ layer }) => (this.#before.get(layer) ?? null) !== null)
    const given = await this.#fingerprints(known, texts)
    if (!given || asked !== this.#asked) return false
    const changed = new Set(this.#changed)
    known.forEach(({ layer }, i) => {
      const now = given[i] ?? null
      // No construction: the text is half-written. What was known stays until it can be read again.
      if (now === null) return
      if (now === this.#before.get(layer)) changed.delete(layer)
      else changed.add(layer)
    })
    const isNew = changed.size !== this.#changed.size || [...changed].some((layer) => !this.#changed.has(layer))
    this.#changed = changed
    return isNew
  }

  async #fingerprints(widths: readonly NamedWidth[], texts: Texts): Promise<(string | null)[] | null> {
    if (widths.length === 0) return []
    const places = widths.map(({ file, line, column, property }) => ({ file, line, column, property }))
    return this.#ask('widthFingerprints', places, texts, this.#program.script || null, this.#program.cwd || null)
  }
}

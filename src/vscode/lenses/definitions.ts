import type { Site } from '../../protocol/events.ts'
import type { LayerState } from '../../run/state.ts'
import { FileAtStart, type FileOnDisk } from '../../source/tracking/sourceSnapshot.ts'
import { fileKey } from '../../source/tracking/fileKey.ts'
import { changesBetween } from '../../source/tracking/lineDiff.ts'
import type { ShownRun } from '../shownRuns.ts'
import { afterChanges, isEdited, type Change, type Tracked } from '../../source/tracking/trackedText.ts'

/** What is needed of an open document; `vscode.TextDocument` is one. */
export interface OpenDocument {
  readonly fileName: string
  getText(): string
  positionAt(offset: number): { line: number }
}

/** A place in an open document that made layers of the run. */
export interface Definition {
  layers: LayerState[]
  /** Counted from 0, in the document as it is now. */
  line: number
  stale: boolean
}

/** @returns null when the file cannot be read. */
export type ReadFile = (path: string) => Promise<FileOnDisk | null>

type Piece = Tracked & { site: string }

/** Where the definitions of one run's layers are, in whatever its files have become since. */
export class Definitions {
  readonly #run: Pick<ShownRun, 'state'>
  readonly #readFile: ReadFile
  readonly #changed: () => void
  /** Keys of the files that layers come from, by the path the run gave. */
  readonly #keys = new Map<string, string>()
  readonly #files = new Map<string, FileAtStart | null>()
  readonly #documents = new Map<string, { key: string; text: string; pieces: Piece[] }>()

  /** @param changed is called when a file was read, so that definitions can be found in it */
  constructor(run: Pick<ShownRun, 'state'>, readFile: ReadFile, changed: () => void) {
    this.#run = run
    this.#readFile = readFile
    this.#changed = changed
  }

  /** Reads the files of layers that were not known before; as early as possible, before they are edited. */
  async learn(): Promise<void> {
    const unread: (readonly [key: string, path: string])[] = []
    for (const { site } of this.#run.state.layers) {
      if (!site || this.#keys.has(site.file)) continue
      const key = fileKey(site.file)
      this.#keys.set(site.file, key)
      if (!this.#files.has(key)) unread.push([key, site.file])
      this.#files.set(key, this.#files.get(key) ?? null)
    }
    await Promise.all(unread.map(([key, path]) => this.#read(key, path)))
    if (unread.length > 0) this.#changed()
  }

  async #read(key: string, path: string): Promise<void> {
    const file = await this.#readFile(path)
    if (file) this.#files.set(key, new FileAtStart(path, file, this.#run.state.startedAt))
  }

  /** The definitions in a document, in the order of the forward pass; a removed definition is left out. */
  in(document: OpenDocument): Definition[] {
    const key = this.#documents.get(document.fileName)?.key ?? fileKey(document.fileName)
    const file = this.#files.get(key)
    if (!file) return []
    const layers = this.#layersBySite(key)
    const { text, pieces } = this.#track(document, key, file, layers)
    return pieces.flatMap((piece) => {
      if (piece.lost) return []
      const stale = file.changedSince || isEdited(piece, text)
      return { layers: layers.get(piece.site) ?? [], line: document.positionAt(piece.start).line, stale }
    })
  }

  #layersBySite(key: string): Map<string, LayerState[]> {
    const bySite = new Map<string, LayerState[]>()
    for (const layer of this.#run.state.layers) {
      if (!layer.site || this.#keys.get(layer.site.file) !== key) continue
      const site = siteKey(layer.site)
      const others = bySite.get(site)
      if (others) others.push(layer)
      else bySite.set(site, [layer])
    }
    return bySite
  }

  #track(document: OpenDocument, key: string, file: FileAtStart, layers: ReadonlyMap<string, LayerState[]>) {
    let tracked = this.#documents.get(document.fileName)
    if (!tracked) this.#documents.set(document.fileName, (tracked = { key, text: document.getText(), pieces: [] }))
    const known = new Set(tracked.pieces.map((piece) => piece.site))
    const found = [...layers].flatMap(([site, [layer]]): Piece[] => {
      const definition = known.has(site) || !layer?.site ? null : file.definitionAt(layer.site)
      return definition ? [{ ...definition, site }] : []
    })
    if (found.length > 0) {
      tracked.pieces.push(...afterChanges(found, changesBetween(file.text, tracked.text), tracked.text))
    }
    return tracked
  }

  /** Follows an edit of a document. @param changes in offsets of the text before; `document` is what came of it. */
  edited(document: OpenDocument, changes: readonly Change[]): void {
    const tracked = this.#documents.get(document.fileName)
    if (!tracked || changes.length === 0) return
    const text = document.getText()
    const smaller = changes.flatMap((change) => refined(change, tracked.text))
    tracked.pieces = afterChanges(tracked.pieces, smaller, text)
    tracked.text = text
  }

  /** Forgets a closed document; opened again, it is compared with what the run found. */
  closed(document: OpenDocument): void {
    this.#documents.delete(document.fileName)
  }
}

/** A reload or a formatter may replace the whole text where a few characters differ. */
function refined(change: Change, text: string): Change[] {
  if (change.rangeLength === 0 || change.text === '') return [change]
  const replaced = text.slice(change.rangeOffset, change.rangeOffset + change.rangeLength)
  const parts = changesBetween(replaced, change.text)
  return parts.map((part) => ({ ...part, rangeOffset: part.rangeOffset + change.rangeOffset }))
}

function siteKey(site: Site): string {
  return `${site.line}:${site.column}`
}

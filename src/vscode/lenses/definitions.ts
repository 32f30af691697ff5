import type { Site } from '../../protocol/layer.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import type { AskSource } from '../../source/background/tasks.ts'
import { normalise } from '../../source/normalise.ts'
import { fileKey } from '../../source/tracking/fileKey.ts'
import { ChangedWidths, type NamedWidth } from '../../source/tracking/changedWidths.ts'
import { changesBetween } from '../../source/tracking/lineDiff.ts'
import { SourceSnapshot, type FileOnDisk } from '../../source/tracking/sourceSnapshot.ts'
import { afterChanges, isEdited, type Change, type TrackedText } from '../../source/tracking/trackedText.ts'

/** An open document of the editor. `vscode.TextDocument` is one. */
export interface OpenDocument {
  readonly fileName: string
  getText(): string
  positionAt(offset: number): { line: number; character: number }
}

/** A place in an open document that made layers of the run. */
export interface Definition {
  layers: LayerState[]
  /** Counted from 0, in the document as it is now. */
  line: number
  /** Whether the definition may have been edited since the run started. */
  stale: boolean
}

/** The files on disk and in the editor. */
export interface Files {
  /** @returns null when the file cannot be read. */
  read(path: string): Promise<FileOnDisk | null>
  /** The open documents that a program may consist of: code and configuration. */
  open(): readonly OpenDocument[]
}

type TrackedDefinition = TrackedText & { site: string }

/** Tracks where the definitions of a run's layers are in open documents, while the documents are edited. */
export class Definitions {
  readonly #run: RunState
  readonly #openAndOnDisk: Files
  readonly #ask: AskSource
  readonly #onDidRead: () => void
  readonly #widths: ChangedWidths
  /** Keys (see `fileKey`) of the files that define layers, by the path that the run reported. */
  readonly #keys = new Map<string, string>()
  /** The files that define layers, by key; null for a file that is not read yet or cannot be read. */
  readonly #files = new Map<string, SourceSnapshot | null>()
  /** Open documents of such files, by file name. */
  readonly #documents = new Map<string, { key: string; text: string; pieces: TrackedDefinition[] }>()

  /** @param onDidRead called when files were read, so that definitions can be found in them or have become stale */
  constructor(run: RunState, files: Files, ask: AskSource, onDidRead: () => void) {
    this.#run = run
    this.#openAndOnDisk = files
    this.#ask = ask
    this.#onDidRead = onDidRead
    this.#widths = new ChangedWidths(ask, run)
  }

  /**
   * Reads the files of layers that are new, and finds their definitions. Has to be called as soon as they are known,
   * before the files are edited.
   */
  async readNewFiles(): Promise<void> {
    const unread: (readonly [key: string, path: string])[] = []
    for (const { site } of this.#run.layers) {
      if (!site || this.#keys.has(site.file)) continue
      const key = fileKey(site.file)
      this.#keys.set(site.file, key)
      if (!this.#files.has(key)) unread.push([key, site.file])
      this.#files.set(key, this.#files.get(key) ?? null)
    }
    await Promise.all(unread.map(([key, path]) => this.#read(key, path)))
    const located = await Promise.all(
      [...this.#files].map(([key, file]) => file?.locate(this.#sitesOf(key)) ?? Promise.resolve(false)),
    )
    if (unread.length > 0 || located.some(Boolean)) this.#onDidRead()
    const { widths, texts } = this.#atStart()
    await this.#widths.remember(widths, texts)
    await this.compareWidths()
  }

  /** The widths that the code of layers names, and the files that define them, as the run started with them. */
  #atStart(): { widths: NamedWidth[]; texts: Record<string, string> } {
    const files = [...this.#keys].flatMap(([path, key]) => {
      const file = this.#files.get(key)
      return file && !file.changedSince ? [[path, file.text] as const] : []
    })
    const texts = Object.fromEntries(files)
    const widths = this.#run.layers.flatMap(({ id, site, widthProperty }) =>
      site && widthProperty !== null && Object.hasOwn(texts, site.file)
        ? [{ layer: id, file: site.file, line: site.line, column: site.column, property: widthProperty }]
        : [],
    )
    return { widths, texts }
  }

  /**
   * Compares what is behind the widths of layers, in any file of the program, with the start of the run: `in` and
   * `stale` then know it, and the callback for reading is called if something has changed.
   */
  async compareWidths(): Promise<void> {
    const { widths, texts } = this.#atStart()
    const open = new Map(this.#openAndOnDisk.open().map((document) => [fileKey(document.fileName), document]))
    for (const [key, document] of open) texts[key] = texts[document.fileName] = document.getText()
    const places = new Map<string, Map<string, { line: number; column: number } | null>>()
    for (const [path, key] of this.#keys) {
      const document = open.get(key)
      if (!document) continue
      texts[path] = document.getText()
      places.set(path, this.#places(document))
    }
    const now = widths.flatMap((width): NamedWidth[] => {
      const inFile = places.get(width.file)
      if (!inFile) return [width]
      const place = inFile.get(siteKey(width))
      return place ? [{ ...width, ...place }] : []
    })
    if (await this.#widths.compare(now, texts)) this.#onDidRead()
  }

  /** Where a document has the constructions now, line and column counted from 1, by their site in the run. */
  #places(document: OpenDocument): Map<string, { line: number; column: number } | null> {
    this.in(document)
    const pieces = this.#documents.get(document.fileName)?.pieces ?? []
    return new Map(
      pieces.map(({ site, start, lost }) => {
        const { line, character } = document.positionAt(start)
        return [site, lost ? null : { line: line + 1, column: character + 1 }]
      }),
    )
  }

  /** Ids of the layers whose definition in an open document, or what is behind its width, was edited since the start. */
  stale(): Set<string> {
    const definitions = this.#openAndOnDisk.open().flatMap((document) => this.in(document))
    const edited = definitions.flatMap(({ layers, stale }) => (stale ? layers.map(({ id }) => id) : []))
    return new Set([...edited, ...this.#widths.layers])
  }

  #sitesOf(key: string): Site[] {
    return [...this.#layersBySite(key).values()].flatMap(([layer]) => layer?.site ?? [])
  }

  async #read(key: string, path: string): Promise<void> {
    const file = await this.#openAndOnDisk.read(path)
    if (file) this.#files.set(key, new SourceSnapshot(path, file, this.#run.startedAt, this.#ask))
  }

  /** The definitions in a document, in the order of the forward pass. Removed definitions are left out. */
  in(document: OpenDocument): Definition[] {
    const key = this.#documents.get(document.fileName)?.key ?? fileKey(document.fileName)
    const file = this.#files.get(key)
    if (!file) return []
    const layers = this.#layersBySite(key)
    const { text, pieces } = this.#track(document, key, file, layers)
    return pieces.flatMap((piece) => {
      if (piece.lost) return []
      const made = layers.get(piece.site) ?? []
      const stale = file.changedSince || isEdited(piece, text) || made.some(({ id }) => this.#widths.layers.has(id))
      return { layers: made, line: document.positionAt(piece.start).line, stale }
    })
  }

  /** The layers of a file, by the place that made them. */
  #layersBySite(key: string): Map<string, LayerState[]> {
    const bySite = new Map<string, LayerState[]>()
    for (const layer of this.#run.layers) {
      if (!layer.site || this.#keys.get(layer.site.file) !== key) continue
      const site = siteKey(layer.site)
      const others = bySite.get(site)
      if (others) others.push(layer)
      else bySite.set(site, [layer])
    }
    return bySite
  }

  /**
   * The tracked pieces of a document; those of layers that are new are found in the snapshot and tracked from now on.
   */
  #track(document: OpenDocument, key: string, file: SourceSnapshot, layers: ReadonlyMap<string, LayerState[]>) {
    let tracked = this.#documents.get(document.fileName)
    if (!tracked) this.#documents.set(document.fileName, (tracked = { key, text: document.getText(), pieces: [] }))
    const known = new Set(tracked.pieces.map((piece) => piece.site))
    const found = [...layers].flatMap(([site, [layer]]): TrackedDefinition[] => {
      const definition = known.has(site) || !layer?.site ? null : file.definitionAt(layer.site)
      return definition ? [{ ...definition, site }] : []
    })
    if (found.length > 0) {
      tracked.pieces.push(...afterChanges(found, changesBetween(file.text, tracked.text), tracked.text))
    }
    return tracked
  }

  /**
   * Whether a document differs from what the run was started with, by more than a formatter may change; null where it
   * defines no layer of the run, or its file could not be read.
   */
  isChanged(document: OpenDocument): boolean | null {
    const file = this.#files.get(this.#keys.get(document.fileName) ?? fileKey(document.fileName))
    if (!file) return null
    const text = document.getText()
    return file.changedSince || (text !== file.text && normalise(text) !== normalise(file.text))
  }

  /** Where the document constructs a layer now, line and column counted from 1; null when the definition is not there. */
  siteNow(layerId: string, document: OpenDocument): { line: number; column: number } | null {
    const site = this.#run.layers.find(({ id }) => id === layerId)?.site
    if (!site) return null
    return this.#places(document).get(siteKey(site)) ?? null
  }

  /** Tracks an edit. @param document as it is after the edit. @param changes in offsets of the text before it. */
  edited(document: OpenDocument, changes: readonly Change[]): void {
    const tracked = this.#documents.get(document.fileName)
    if (!tracked || changes.length === 0) return
    const text = document.getText()
    const minimal = changes.flatMap((change) => minimalChanges(change, tracked.text))
    tracked.pieces = afterChanges(tracked.pieces, minimal, text)
    tracked.text = text
  }

  /** Stops tracking a closed document. When it is opened again, it is compared with the snapshot. */
  closed(document: OpenDocument): void {
    this.#documents.delete(document.fileName)
  }
}

/** Splits a change up: a reload or a formatter may replace the whole text although only a few characters differ. */
function minimalChanges(change: Change, text: string): Change[] {
  if (change.rangeLength === 0 || change.text === '') return [change]
  const replaced = text.slice(change.rangeOffset, change.rangeOffset + change.rangeLength)
  const parts = changesBetween(replaced, change.text)
  return parts.map((part) => ({ ...part, rangeOffset: part.rangeOffset + change.rangeOffset }))
}

function siteKey(site: { line: number; column: number }): string {
  return `${site.line}:${site.column}`
}

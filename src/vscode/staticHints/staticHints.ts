import * as vscode from 'vscode'
import { staticHints, type StaticHint } from '../../presentation/static/staticHints.ts'
import type { AskSource } from '../../source/background/tasks.ts'
import { CODE_FILES } from '../lenses/documents.ts'
import { SETTINGS, SETTINGS_SECTION } from '../names.ts'

/** What the hover of a line, counted from 0, says of a run; null where no numbers of one are shown. */
export type ExplanationAt = (document: vscode.TextDocument, line: number) => readonly string[] | null

/**
 * What the code alone tells of layers: in the hover, and at the end of the line where the setting is on. Where a run has
 * numbers, only what a layer sees of the input is shown, and that only where the run does not tell the same.
 */
export class StaticHints implements vscode.HoverProvider, vscode.InlayHintsProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChangeInlayHints = this.#changed.event
  readonly #ask: AskSource
  readonly #explanationAt: ExplanationAt
  readonly #cache = new WeakMap<vscode.TextDocument, { version: number; hints: Promise<StaticHint[]> }>()
  readonly #registered: vscode.Disposable

  constructor(ask: AskSource, explanationAt: ExplanationAt) {
    this.#ask = ask
    this.#explanationAt = explanationAt
    this.#registered = vscode.Disposable.from(
      vscode.languages.registerHoverProvider(CODE_FILES, this),
      vscode.languages.registerInlayHintsProvider(CODE_FILES, this),
    )
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    const offset = document.offsetAt(position)
    const around = (await this.#hints(document)).filter(({ start, end }) => start <= offset && offset < end)
    // Constructions may be nested; the innermost is meant.
    const [hint] = around.toSorted((a, b) => a.end - a.start - (b.end - b.start))
    if (!hint) return null
    const told = this.#explanationAt(document, document.positionAt(hint.start).line)
    const lines = told ? hint.fields.filter((line) => !told.includes(line)) : hint.details
    if (lines.length === 0) return null
    const text = new vscode.MarkdownString().appendText(`Static: ${lines.join('\n')}`)
    return new vscode.Hover(text, new vscode.Range(document.positionAt(hint.start), document.positionAt(hint.end)))
  }

  async provideInlayHints(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.InlayHint[]> {
    if (!vscode.workspace.getConfiguration(SETTINGS_SECTION, document).get(SETTINGS.staticHintsInline, false)) return []
    const lines = new Map<number, StaticHint[]>()
    for (const hint of await this.#hints(document)) {
      const line = document.positionAt(hint.end).line
      if (line < range.start.line || line > range.end.line) continue
      if (this.#explanationAt(document, document.positionAt(hint.start).line)) continue
      lines.set(line, [...(lines.get(line) ?? []), hint])
    }
    return [...lines].map(([line, hints]) => {
      const label = `static: ${hints.map(({ title }) => title).join(' | ')}`
      const hint = new vscode.InlayHint(document.lineAt(line).range.end, label)
      hint.paddingLeft = true
      hint.tooltip = hints.flatMap(({ details }) => details).join('\n')
      return hint
    })
  }

  /** The setting or the run has changed. */
  refresh(): void {
    this.#changed.fire()
  }

  dispose(): void {
    this.#registered.dispose()
    this.#changed.dispose()
  }

  #hints(document: vscode.TextDocument): Promise<StaticHint[]> {
    const cached = this.#cache.get(document)
    if (cached?.version === document.version) return cached.hints
    const { fileName } = document
    const hints = this.#ask('readModels', document.getText(), fileName).then((reading) =>
      reading ? staticHints(reading, fileName) : [],
    )
    this.#cache.set(document, { version: document.version, hints })
    return hints
  }
}

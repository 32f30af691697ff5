import * as vscode from 'vscode'
import type { Annotation } from '../lenses/annotations.ts'
import { Throttle } from '../throttle.ts'
import { hintSettings } from './hintSettings.ts'
import { problemOf } from './problems.ts'

/** Least time between two changes, in milliseconds. */
const UPDATE_INTERVAL_MS = 1000

/** Names of the icons beside a line, by what they are for; other states have none. */
const ICONS: Partial<Record<Annotation['state'], string>> = {
  underused: 'low',
  several: 'low',
  crowded: 'high',
  dead: 'bad',
  'non-finite': 'bad',
}

/** The forms of hints besides lenses: text behind a line, icons beside it, and entries in the list of problems. */
export class HintMarks implements vscode.Disposable {
  readonly #annotations: (document: vscode.TextDocument) => Annotation[]
  readonly #problems = vscode.languages.createDiagnosticCollection('saturation')
  readonly #text = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  })
  readonly #icons: ReadonlyMap<string, vscode.TextEditorDecorationType>
  readonly #throttle = new Throttle(UPDATE_INTERVAL_MS, () => this.#update())
  readonly #listener = vscode.window.onDidChangeVisibleTextEditors(() => this.refresh())

  /** @param media folder of the icons */
  constructor(annotations: (document: vscode.TextDocument) => Annotation[], media: vscode.Uri) {
    this.#annotations = annotations
    this.#icons = new Map(
      [...new Set(Object.values(ICONS))].map((name) => {
        const gutterIconPath = vscode.Uri.joinPath(media, `hint-${name}.svg`)
        return [name, vscode.window.createTextEditorDecorationType({ gutterIconPath, gutterIconSize: 'contain' })]
      }),
    )
  }

  /** Shows what has changed, at most once per interval. */
  refresh(): void {
    this.#throttle.request()
  }

  /** Forgets a closed document. */
  closed({ uri }: vscode.TextDocument): void {
    this.#problems.delete(uri)
  }

  dispose(): void {
    this.#throttle.cancel()
    for (const disposable of [this.#listener, this.#problems, this.#text, ...this.#icons.values()]) disposable.dispose()
  }

  #update(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#decorate(editor)
    for (const document of new Set(vscode.window.visibleTextEditors.map((editor) => editor.document))) {
      const shown = hintSettings(document).has('problems') ? this.#annotations(document) : []
      const problems = shown.flatMap((annotation) => problemOf(document, annotation) ?? [])
      if (problems.length > 0 || this.#problems.has(document.uri)) this.#problems.set(document.uri, problems)
    }
  }

  #decorate(editor: vscode.TextEditor): void {
    const { document } = editor
    const settings = hintSettings(document)
    const annotations = this.#annotations(document).filter(({ line }) => line < document.lineCount)
    const atEnd = settings.has('endOfLine') ? annotations : []
    editor.setDecorations(
      this.#text,
      atEnd.map(({ line, plainTitle }) => {
        const { end } = document.lineAt(line).range
        return { range: new vscode.Range(end, end), renderOptions: { after: { contentText: plainTitle } } }
      }),
    )
    const beside = settings.has('gutter') ? annotations : []
    for (const [name, type] of this.#icons) {
      const lines = beside.filter(({ state }) => ICONS[state] === name).map(({ line }) => line)
      editor.setDecorations(
        type,
        lines.map((line) => new vscode.Range(line, 0, line, 0)),
      )
    }
  }
}

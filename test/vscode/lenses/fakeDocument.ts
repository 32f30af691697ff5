import type { OpenDocument } from '../../../src/vscode/lenses/definitions.ts'

/** An open document that reports its edits as the editor does: after an edit, in offsets of the text before it. */
export class FakeDocument implements OpenDocument {
  readonly fileName: string
  text: string

  constructor(fileName: string, text: string) {
    this.fileName = fileName
    this.text = text
  }

  getText(): string {
    return this.text
  }

  positionAt(offset: number): { line: number; character: number } {
    const lines = this.text.slice(0, offset).split(/\r\n|\r|\n/)
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
  }

  /** Replaces the first occurrence of a text. @returns the change to report */
  replace(old: string, text: string) {
    const change = { rangeOffset: this.text.indexOf(old), rangeLength: old.length, text }
    this.text = this.text.replace(old, () => text)
    return [change]
  }
}

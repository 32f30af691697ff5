import type { OpenDocument } from '../../../src/vscode/lenses/definitions.ts'
import type { ShownRun, ShownRuns } from '../../../src/vscode/shownRuns.ts'
import type { EventBody, RunEvent } from '../../../src/protocol/events.ts'
import { emptyRun, fold } from '../../../src/run/state.ts'

/** A run whose events a test tells. */
export class FakeRun implements ShownRun {
  readonly state = emptyRun()
  readonly listeners = new Set<(events: readonly RunEvent[]) => void>()
  #seq = 0

  /** @param time of the events, milliseconds since the Unix epoch */
  tell(time: number, ...bodies: EventBody[]): void {
    const events = bodies.map((body): RunEvent => ({ ...body, seq: this.#seq++, by: 'trainer', time }))
    for (const event of events) fold(this.state, event)
    for (const listener of this.listeners) listener(events)
  }

  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Runs of which a test chooses the current one. */
export class FakeRuns implements ShownRuns {
  current: ShownRun | null = null
  readonly listeners = new Set<() => void>()

  choose(run: ShownRun | null): void {
    this.current = run
    for (const listener of this.listeners) listener()
  }

  onDidChangeCurrent(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** An open document that tells its edits as the editor does: after them, in offsets of the text before. */
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

  positionAt(offset: number): { line: number } {
    return { line: this.text.slice(0, offset).split(/\r\n|\r|\n/).length - 1 }
  }

  /** Replaces the first occurrence of a text. @returns the change to be told */
  replace(old: string, text: string) {
    const change = { rangeOffset: this.text.indexOf(old), rangeLength: old.length, text }
    this.text = this.text.replace(old, () => text)
    return [change]
  }
}

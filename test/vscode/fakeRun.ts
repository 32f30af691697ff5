import type { EventBody, RunEvent } from '../../src/protocol/events.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun } from '../../src/run/state.ts'
import type { RunSource } from '../../src/vscode/currentRun.ts'

/** A run whose events a test emits. */
export class FakeRun implements NonNullable<RunSource['current']> {
  readonly state = emptyRun()
  readonly listeners = new Set<(events: readonly RunEvent[]) => void>()
  #seq = 0

  /** @param time of the events, in milliseconds since the Unix epoch */
  emit(time: number, ...bodies: EventBody[]): void {
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
export class FakeRuns implements RunSource {
  current: FakeRun | null = null
  readonly listeners = new Set<() => void>()

  choose(run: FakeRun | null): void {
    this.current = run
    for (const listener of this.listeners) listener()
  }

  onDidChangeCurrent(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

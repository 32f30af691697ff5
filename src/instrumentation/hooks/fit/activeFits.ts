import type { Layer } from '../../tfjs/tfjs.ts'

/** A call of `fit` in progress. */
export interface Fit {
  model: Layer
  /** Which call of `fit` it is, counted from 1. */
  number: number
  /** Whether its epochs end with a validation. */
  validates: boolean
  /** The present epoch, from 0. */
  epoch: number
  epochs: number | null
  /** Training steps of an epoch; null where that is not known. */
  steps: number | null
  /** Training steps in this epoch so far. */
  done: number
}

/** The calls of `fit` in progress. There may be several: a program may train models in turns, without awaiting each. */
export class ActiveFits {
  readonly #active = new Map<Layer, Fit>()
  readonly #variables = new WeakMap<Layer, ReadonlySet<unknown>>()
  /** Calls of `fit` so far. */
  #begun = 0
  /** The fit that the present training step belongs to. */
  #stepping: Fit | null = null

  /** The fit whose progress is reported for all: the one that began first among those in progress. */
  get shown(): Fit | null {
    const [first] = this.#active.values()
    return first ?? null
  }

  beginEpoch(model: Layer, epoch: number, epochs: number | null, steps: number | null, validates: boolean): void {
    // A fit that threw calls no `onTrainEnd`, but its model no longer says that it is training.
    for (const other of this.#active.keys()) if (other.isTraining === false) this.#active.delete(other)
    // A call of `fit` on a model that still trains is refused by the library, so an active fit goes on.
    const number = this.#active.get(model)?.number ?? ++this.#begun
    this.#active.set(model, { model, number, validates, epoch, epochs, steps, done: 0 })
  }

  of(model: Layer): Fit | null {
    return this.#active.get(model) ?? null
  }

  end(model: Layer): void {
    this.#active.delete(model)
  }

  beginStep(variables: readonly unknown[]): void {
    this.#stepping = this.#active.size > 1 ? this.#fitOf(variables) : this.shown
  }

  endStep(): void {
    if (this.#stepping) this.#stepping.done++
  }

  #fitOf(variables: readonly unknown[]): Fit | null {
    return [...this.#active.values()].find(({ model }) => this.#variablesOf(model).has(variables[0])) ?? null
  }

  #variablesOf(model: Layer): ReadonlySet<unknown> {
    let variables = this.#variables.get(model)
    if (!variables) this.#variables.set(model, (variables = new Set(model.weights.map(({ val }) => val))))
    return variables
  }
}

import type { Layer } from '../tfjs/tfjs.ts'

/** A `fit` under way, in the epoch that it has come to. */
export interface Fit {
  model: Layer
  epoch: number
  epochs: number | null
  /** Training steps of an epoch; null where that is not known. */
  steps: number | null
  /** Training steps in this epoch so far. */
  done: number
}

/** The calls of `fit` under way: a program may train several models in turns, without waiting for one to end. */
export class Fits {
  readonly #running = new Map<Layer, Fit>()
  readonly #variables = new WeakMap<Layer, ReadonlySet<unknown>>()
  /** Whose training step it is. */
  #stepping: Fit | null = null

  /** The one whose progress stands for all: that which began first, as long as it goes on. */
  get shown(): Fit | null {
    const [first] = this.#running.values()
    return first ?? null
  }

  beginEpoch(model: Layer, epoch: number, epochs: number | null, steps: number | null): void {
    // Nobody tells of a fit that has failed, but its model says that it trains no more.
    for (const other of this.#running.keys()) if (other.isTraining === false) this.#running.delete(other)
    this.#running.set(model, { model, epoch, epochs, steps, done: 0 })
  }

  of(model: Layer): Fit | null {
    return this.#running.get(model) ?? null
  }

  end(model: Layer): void {
    this.#running.delete(model)
  }

  beginStep(variables: readonly unknown[]): void {
    this.#stepping = this.#running.size > 1 ? this.#fitOf(variables) : this.shown
  }

  endStep(): void {
    if (this.#stepping) this.#stepping.done++
  }

  #fitOf(variables: readonly unknown[]): Fit | null {
    return [...this.#running.values()].find(({ model }) => this.#variablesOf(model).has(variables[0])) ?? null
  }

  #variablesOf(model: Layer): ReadonlySet<unknown> {
    let variables = this.#variables.get(model)
    if (!variables) this.#variables.set(model, (variables = new Set(model.weights.map(({ val }) => val))))
    return variables
  }
}

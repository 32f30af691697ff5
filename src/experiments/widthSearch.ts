import { NetworkSize } from '../folding/networkSize.ts'
import type { Recipe, RecipeGroup } from '../folding/recipe.ts'
import type { Proof } from '../protocol/proof.ts'

/** A narrower network that may be trained. */
export interface Candidate {
  /** The tolerance of its plan, or `between-1` and so on. */
  readonly name: string
  /** By id of the layer, of the layers whose width changes. */
  readonly widths: Readonly<Record<string, number>>
  readonly parameters: number
  /** By how much the metric differs from the wide network's before any further training; null where it was not tried. */
  readonly difference: number | null
}

/** Share of the parameters that a further network has to save to be worth a training. */
const WORTHWHILE_SHARE = 0.1

/**
 * Chooses which narrower network is trained next. It begins with the balanced plan. It goes on to narrower ones while
 * the metric holds, and looks between the narrowest network that held and the widest that did not.
 */
export class WidthSearch {
  readonly #plans: readonly Candidate[]
  readonly #recipe: Recipe
  readonly #size: NetworkSize
  /** The narrowest that held: the wide network at first. */
  #good: Candidate
  /** The widest that did not hold; null before one did not. */
  #bad: Candidate | null = null
  readonly #maxTrainings: number
  #trained = 0
  #between = 0

  /** @param maxTrainings candidates at most */
  constructor(proof: Proof, recipe: Recipe, maxTrainings: number) {
    this.#maxTrainings = maxTrainings
    this.#recipe = recipe
    this.#size = new NetworkSize(recipe, proof.parameters)
    this.#good = { name: 'wide', widths: {}, parameters: proof.parameters, difference: 0 }
    this.#plans = plansOf(proof)
  }

  /** The next network to train; null where no further one is worth it. */
  next(): Candidate | null {
    if (this.#trained >= this.#maxTrainings) return null
    const untried = this.#plans.filter(({ parameters }) => this.#isWorthwhile(parameters))
    if (this.#trained === 0) return untried.find(({ name }) => name === 'balanced') ?? untried[0] ?? null
    return untried[0] ?? this.#middle()
  }

  /** The narrowest network that has held: the wide one at first. */
  get narrowest(): Candidate {
    return this.#good
  }

  /** Notes whether the metric of the network that was trained last has held. */
  note(candidate: Candidate, held: boolean): void {
    this.#trained++
    if (held) this.#good = candidate
    else this.#bad = candidate
  }

  /** Whether a size is well below that of the network that held, and above that of the one that did not. */
  #isWorthwhile(parameters: number): boolean {
    const aboveBad = this.#bad === null || parameters > this.#bad.parameters
    return aboveBad && parameters <= (1 - WORTHWHILE_SHARE) * this.#good.parameters
  }

  /** A network between the two, each width the geometric mean; null where none is worth it. */
  #middle(): Candidate | null {
    const bad = this.#bad
    if (!bad) return null
    const groups = this.#recipe.groups.map((group) => ({ group, width: middleWidth(group, this.#good, bad) }))
    const parameters = this.#size.parameters(new Map(groups.map(({ group, width }) => [group.id, width])))
    if (!this.#isWorthwhile(parameters)) return null
    const changed = groups.filter(({ group, width }) => width !== group.width)
    const widths = Object.fromEntries(changed.flatMap(({ group, width }) => group.layers.map((id) => [id, width])))
    return { name: `between-${++this.#between}`, widths, parameters, difference: null }
  }
}

/** The plans that change a width, each network once, the widest first. */
function plansOf({ plans, value: before }: Proof): Candidate[] {
  const candidates = plans
    .filter(({ widths }) => Object.keys(widths).length > 0)
    .map(({ tolerance, widths, parameters, value }): Candidate => {
      return {
        name: tolerance,
        widths,
        parameters,
        difference: value === null || before === null ? null : value - before,
      }
    })
    .sort((a, b) => b.parameters - a.parameters)
  return candidates.filter(({ parameters, name }) => {
    const same = candidates.filter((other) => other.parameters === parameters)
    return (same.find((other) => other.name === 'balanced') ?? same[0])?.name === name
  })
}

/** The geometric mean of a group's widths in two networks, rounded to one that the group can have. */
function middleWidth(
  { layers: [id = ''], width, multiple, offset }: RecipeGroup,
  one: Candidate,
  other: Candidate,
): number {
  const mean = Math.sqrt((one.widths[id] ?? width) * (other.widths[id] ?? width))
  return offset + multiple * Math.round((mean - offset) / multiple)
}

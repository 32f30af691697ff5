import type { Description, Input, Literal, Loss, Node, Shape } from './description.ts'

/** A value of the forward pass, as the generator knows it. */
export interface Value {
  readonly name: string
  readonly shape: Shape
  /** A layer whose features these are; null where their number is that of data, or is computed from several. */
  readonly owner: string | null
  /** A layer of whole numbers, which only an embedding takes. */
  readonly isIds?: boolean
}

export const widthOf = ({ shape }: Value): number => shape.at(-1)!
const isSame = (a: Shape, b: Shape): boolean => a.join() === b.join()

/** A description that grows by one node after the other. */
export class Growing {
  readonly way: Description['way']
  readonly batch: number
  readonly inputs: Input[] = []
  readonly nodes: Node[] = []
  readonly losses: Loss[] = []
  readonly widths: Record<string, number> = {}
  readonly factors: Record<string, number> = {}
  readonly values: Value[] = []
  readonly #ties: Set<string>[] = []
  #names = 0

  constructor(way: Description['way'], batch: number) {
    this.way = way
    this.batch = batch
  }

  name(kind: string): string {
    return `${kind}${++this.#names}`
  }

  input(shape: Shape, vocabulary: number | null): void {
    const id = this.name('input')
    this.inputs.push({ id, shape, vocabulary })
    this.values.push({ name: id, shape, owner: null, isIds: vocabulary !== null })
  }

  /** Adds a call that makes no features of its own. */
  pass(
    kind: string,
    from: readonly Value[],
    shape: Shape,
    options: Record<string, Literal> = {},
    owner: string | null = from[0]?.owner ?? null,
  ): Value {
    const id = this.name(kind === 'code' ? (options['op'] as string) : kind)
    this.nodes.push({ id, kind, from: from.map(({ name }) => name), options })
    const value = { name: id, shape, owner }
    this.values.push(value)
    return value
  }

  code(op: string, from: readonly Value[], shape: Shape, options: Record<string, Literal> = {}, owner?: string | null) {
    return this.pass('code', from, shape, { op, ...options }, owner)
  }

  /**
   * Adds a layer that makes features.
   * @param lead sizes of its output's axes before that of the features
   * @param units the argument that sets its width
   */
  layer(
    kind: string,
    from: readonly Value[],
    lead: Shape,
    units: number,
    options: Record<string, Literal> = {},
    factor = 1,
  ): Value {
    const value = this.pass(kind, from, [...lead, units * factor], options)
    this.widths[value.name] = units
    if (factor !== 1) this.factors[value.name] = factor
    const owned = { ...value, owner: value.name }
    this.values[this.values.length - 1] = owned
    return owned
  }

  /** The features of these values are joined, and have one number from now on. */
  tie(...values: readonly Value[]): void {
    this.tieLayers(...values.flatMap(({ owner }) => (owner === null ? [] : [owner])))
  }

  tieLayers(...layers: readonly string[]): void {
    const joined = new Set(layers)
    for (const other of this.#ties.filter((tie) => layers.some((layer) => tie.has(layer)))) {
      for (const layer of other) joined.add(layer)
      this.#ties.splice(this.#ties.indexOf(other), 1)
    }
    this.#ties.push(joined)
  }

  /** Returns a value of this rank with two features or more; null where there is none. @param turn any number */
  pick(rank: number, turn: number): Value | null {
    // One feature broadcasts to any number: such a width says nothing about ties.
    const all = this.values.filter(({ shape, isIds }) => shape.length === rank && shape.at(-1)! > 1 && !isIds)
    return all[turn % all.length] ?? null
  }

  /** Returns a value of a shape: another one if there is one, or a projection of one. */
  like(value: Value, turn: number): Value {
    const others = this.values.filter(
      ({ shape, name, isIds }) => !isIds && name !== value.name && isSame(shape.slice(0, -1), value.shape.slice(0, -1)),
    )
    const other = others[turn % others.length] ?? value
    if (isSame(other.shape, value.shape) && other !== value && turn % 3 !== 0) return other
    return this.project(other, widthOf(value))
  }

  /** Adds a layer that makes this many features at each position. */
  project(value: Value, units: number): Value {
    const lead = value.shape.slice(0, -1)
    const kind = lead.length === 2 ? 'conv2d' : 'dense'
    return this.layer(kind, [value], lead, units, kind === 'conv2d' ? { padding: 'same' } : {})
  }

  /** The values that no node takes, states included. */
  unused(): Value[] {
    const used = new Set([...this.nodes, ...this.losses].flatMap(({ from }) => from))
    return this.values.filter(({ name, isIds }) => !isIds && !used.has(name))
  }

  finished(): Description {
    const { way, batch, inputs, nodes, losses, widths, factors } = this
    return { way, batch, inputs, nodes, losses, widths, factors, ties: this.#ties.map((tie) => [...tie]) }
  }
}

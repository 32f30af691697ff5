import type { Layer } from '../../../src/protocol/layer.ts'
import { traced, widthOf } from '../../instrumentation/graph/tracing.ts'
import { trainSteps } from './buildProgram.ts'
import type { Description, Widths } from './description.ts'

/** A change of widths that was to run and threw. */
export interface Throw {
  description: Description
  /** The widths that were changed, by layer. */
  changed: Widths
  message: string
}

/** What the product says about the widths of one program, beside what trying shows. */
export interface Judgement {
  /** Groups that are called free. */
  groups: number
  /** Changed programs that were run, all of them called free. */
  followed: number
  throws: Throw[]
  /** Layers that are free, and called so. */
  recognised: string[]
  /** Layers that are free and not called so, with what is said instead. */
  missed: { layer: string; said: string; together: readonly string[]; multiple: number }[]
}

/** Steps that a program takes: whether its shapes fit shows in the first, and no later one has others. */
const STEPS = 1
/** Largest number of which widths may have to be multiples, in trying. */
const MAX_MULTIPLE = 3

/**
 * Judges a program.
 *
 * A layer is *really free* where the program runs whether the layer, alone or together with others, has m features
 * fewer, m more or twice as many, for m = 1, 2 or 3. Others are those that the generator has joined it with, those that
 * the product ties it to, or both. Layers whose features a loss compares with labels are none: their width has a
 * meaning, even where nothing throws. Of layers that are called free it is enough that all changes of their group ran.
 * @returns null for a program that throws with its own widths: TensorFlow.js does not take every combination.
 * @throws what the recording of a step throws.
 */
export async function judge(description: Description): Promise<Judgement | null> {
  let described: Readonly<Record<string, Layer>>
  try {
    described = await traced(() => trainSteps(STEPS, description, description.widths))
  } catch (error) {
    if ((await messageOf(description, {})) !== null) return null
    throw error
  }
  const judgement: Judgement = { groups: 0, followed: 0, throws: [], recognised: [], missed: [] }
  const groups = freeGroups(description, described)
  judgement.groups = groups.length
  const fails = new Set<Group>()
  const follow = async (concerned: readonly Group[], featuresOf: (group: Group, i: number) => number) => {
    const changed = Object.assign(
      {},
      ...concerned.map((group, i) => widthsFor(description, group.layers, featuresOf(group, i))),
    ) as Widths
    judgement.followed++
    const message = await messageOf(description, changed)
    if (message === null) return
    judgement.throws.push({ description, changed, message })
    concerned.forEach((group) => fails.add(group))
  }
  // As a person does who follows advice: one group becomes narrower.
  for (const group of groups) await follow([group], ({ larger, smaller }) => smaller ?? larger)
  if (groups.length > 0) await follow(groups, ({ larger }) => larger)
  // Of two groups that are one in truth, one is wider and the other narrower here.
  if (groups.length > 1) await follow(groups, ({ larger, smaller }, i) => (i % 2 === 0 ? larger : (smaller ?? larger)))
  judgement.recognised = groups.flatMap((group) => (fails.has(group) ? [] : group.layers))
  await findMissed(description, described, judgement)
  return judgement
}

interface Group {
  layers: string[]
  /** The next number of features that the group is said to be able to have. */
  larger: number
  /** The one before; null where there is none. */
  smaller: number | null
}

const featuresOf = ({ widths, factors }: Description, layer: string): number => widths[layer]! * (factors[layer] ?? 1)

/** The groups that are called free. */
function freeGroups(description: Description, described: Readonly<Record<string, Layer>>): Group[] {
  const members = new Map<string, string[]>()
  for (const layer of Object.keys(description.widths)) {
    const { group } = described[layer] ?? {}
    if (!group || group.given !== null || group.unknown !== null) continue
    members.set(group.id, [...(members.get(group.id) ?? []), layer])
  }
  return [...members.values()].map((layers) => {
    const { multiple = 1, offset = 0 } = described[layers[0]!]!.group!
    const present = featuresOf(description, layers[0]!)
    const smaller = present - multiple
    return { layers, larger: present + multiple, smaller: smaller > offset ? smaller : null }
  })
}

/** The arguments that give layers a number of features; null where there are none, as an odd number in two halves. */
function widthsFor({ factors }: Description, layers: readonly string[], features: number): Widths {
  return Object.fromEntries(layers.map((layer) => [layer, features / (factors[layer] ?? 1)]))
}

/** @returns what the program threw with these widths changed; null where it ran. */
async function messageOf(description: Description, changed: Widths): Promise<string | null> {
  if (!Object.values(changed).every((width) => Number.isInteger(width) && width > 0)) return 'no such width'
  try {
    await trainSteps(STEPS, description, { ...description.widths, ...changed })
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Tries all layers that are not called free. */
async function findMissed(
  description: Description,
  described: Readonly<Record<string, Layer>>,
  { recognised, throws, missed }: Judgement,
): Promise<void> {
  const judged = new Set(description.losses.filter(({ size }) => size > 0).flatMap(({ from }) => from))
  const called = new Set([...recognised, ...throws.flatMap(({ changed }) => Object.keys(changed))])
  const tried = new Map<string, Promise<number | null>>()
  for (const layer of Object.keys(description.widths)) {
    if (called.has(layer) || judged.has(layer)) continue
    for (const together of candidates(layer, description, described)) {
      const key = [...together].sort().join()
      const multiple = await (tried.get(key) ?? tried.set(key, multipleOf(description, together)).get(key)!)
      if (multiple === null) continue
      missed.push({ layer, said: widthOf(described[layer]) ?? 'nothing', together, multiple })
      break
    }
  }
}

/** Sets of layers that may be free together with a layer. */
function candidates(layer: string, { ties }: Description, described: Readonly<Record<string, Layer>>): string[][] {
  const id = described[layer]?.group?.id
  const group = Object.values(described).flatMap(({ name, group }) =>
    id !== undefined && group?.id === id ? [name] : [],
  )
  const tied = ties.find((tie) => tie.includes(layer)) ?? []
  return [[layer], [...tied], group, [...new Set([...tied, ...group])]].filter((set) => set.includes(layer))
}

/** The smallest multiple in which layers are free together; null where they are not. */
async function multipleOf(description: Description, layers: readonly string[]): Promise<number | null> {
  const settable = layers.filter((layer) => layer in description.widths)
  const present = featuresOf(description, settable[0]!)
  if (settable.some((layer) => featuresOf(description, layer) !== present)) return null
  for (let multiple = 1; multiple <= MAX_MULTIPLE; multiple++) {
    if (present % multiple !== 0) continue
    const others = [present + multiple, present - multiple, 2 * present].filter((features) => features > 0)
    let runs = true
    for (const features of others)
      runs &&= (await messageOf(description, widthsFor(description, settable, features))) === null
    if (runs) return multiple
  }
  return null
}

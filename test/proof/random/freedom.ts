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
    described = await traced(() => trainSteps(2, description, description.widths))
  } catch (error) {
    if ((await messageOf(2, description, {})) !== null) return null
    throw error
  }
  const judgement: Judgement = { groups: 0, followed: 0, throws: [], recognised: [], missed: [] }
  const groups = freeGroups(description, described)
  judgement.groups = groups.length
  const fails = new Set<Group>()
  const follow = async (changed: Widths, concerned: readonly Group[]) => {
    judgement.followed++
    const message = await messageOf(2, description, changed)
    if (message === null) return
    judgement.throws.push({ description, changed, message })
    concerned.forEach((group) => fails.add(group))
  }
  for (const group of groups)
    for (const features of group.other) await follow(widthsFor(description, group.layers, features), [group])
  // One group wider, the next narrower.
  const all = groups.map(({ layers, other }, i) => widthsFor(description, layers, other[i % 2] ?? other[0]!))
  if (groups.length > 1 && fails.size === 0) await follow(Object.assign({}, ...all) as Widths, groups)
  judgement.recognised = groups.flatMap((group) => (fails.has(group) ? [] : group.layers))
  await findMissed(description, described, judgement)
  return judgement
}

interface Group {
  layers: string[]
  /** Numbers of features that the group is said to be able to have: one larger and one smaller, if there is one. */
  other: number[]
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
    return { layers, other: [present + multiple, ...(smaller > offset ? [smaller] : [])] }
  })
}

/** The arguments that give layers a number of features; null where there are none, as an odd number in two halves. */
function widthsFor({ factors }: Description, layers: readonly string[], features: number): Widths {
  return Object.fromEntries(layers.map((layer) => [layer, features / (factors[layer] ?? 1)]))
}

/** @returns what the program threw with these widths changed; null where it ran. */
async function messageOf(steps: number, description: Description, changed: Widths): Promise<string | null> {
  if (!Object.values(changed).every((width) => Number.isInteger(width) && width > 0)) return 'no such width'
  try {
    await trainSteps(steps, description, { ...description.widths, ...changed })
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
      runs &&= (await messageOf(1, description, widthsFor(description, settable, features))) === null
    if (runs) return multiple
  }
  return null
}

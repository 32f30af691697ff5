import { followingShapes, type FollowingNumber } from '../../../advice/plan/followingShapes.ts'
import type { WidthChange } from '../../../advice/widthChange.ts'
import type { LayerState, RunState } from '../../../run/state.ts'
import type { WidthLayer, WidthRequest } from '../../../source/edits/plan.ts'
import type { Site } from '../../../source/edits/site.ts'

/** The numbers that are to change: widths of layers, and shapes that follow them. */
export interface Wanted {
  /** By id of the layer. */
  widths: Map<string, number>
  following: FollowingNumber[]
  /** Shapes that could not follow: the widths before them, and those of the same group, are not wanted. */
  misfits: FollowingNumber[]
}

/** Adds to changes of widths the shapes that have to follow them. */
export function wantedNumbers(run: RunState, changes: readonly WidthChange[]): Wanted {
  const all = new Map(changes.map(({ layer, to }) => [layer, to]))
  const misfits = followingShapes(run.layers, all).filter(({ to }) => to === null)
  const left = new Set(
    misfits.flatMap(({ follows }) => groupsOf(run).find((ids) => ids.includes(follows)) ?? [follows]),
  )
  const widths = new Map([...all].filter(([id]) => !left.has(id)))
  return { widths, misfits, following: followingShapes(run.layers, widths) }
}

/**
 * What is asked of the planner of edits.
 * @param siteOf where a layer is constructed in the texts as they are now; null where that is not known
 */
export function widthRequest(
  run: RunState,
  { widths, following }: Wanted,
  siteOf: (layer: LayerState) => Site | null,
): WidthRequest {
  const at = (id: string): Pick<WidthLayer, 'name' | keyof Site> | null => {
    const layer = run.layers.find((each) => each.id === id)
    const site = layer && siteOf(layer)
    return site ? { name: layer.name, file: site.file, line: site.line, column: site.column } : null
  }
  const layers = run.layers.flatMap((layer): WidthLayer[] => {
    const [place, from, property] = [at(layer.id), layer.sourceWidth ?? layer.width, layer.widthProperty]
    if (!place || property === null || from === null) return []
    return [{ ...place, layer: layer.id, property, from, to: widths.get(layer.id) ?? from }]
  })
  const followers = following.flatMap((number): WidthLayer[] => {
    const { property, from, to, optional } = number
    const place = at(number.layer)
    return place && to !== null ? [{ ...place, layer: idOf(number), property, from, to, optional }] : []
  })
  return {
    script: run.script || null,
    cwd: run.cwd || null,
    layers: [...layers, ...followers],
    groups: [...groupsOf(run), ...following.map((number) => [number.follows, idOf(number)])],
  }
}

/** A function that names the layers of a request and of its plan. */
export function namesIn(run: RunState, { following }: Wanted): (id: string) => string {
  const names = new Map(run.layers.map(({ id, name }) => [id, name]))
  for (const number of following)
    names.set(idOf(number), `${number.property} of ${names.get(number.layer) ?? number.layer}`)
  return (id) => names.get(id) ?? id
}

/** Its id in a request: the layer has a width of its own beside it. */
function idOf({ layer, property }: FollowingNumber): string {
  return `${layer}.${property}`
}

/** Ids of the layers that change together. */
function groupsOf({ layers }: RunState): string[][] {
  const groups = new Map<string, string[]>()
  for (const { id, group } of layers) if (group) groups.set(group.id, [...(groups.get(group.id) ?? []), id])
  return [...groups.values()]
}

import type { Layer } from '../../src/protocol/events.ts'
import type { Override } from '../../src/protocol/overrides.ts'

/** A name that TensorFlow.js has made up. It counts on from one run to the next within a process. */
const MADE_UP = /_\w*\d+$/

type Settable = Layer & { width: number }
type Groups = Map<string, Settable[]>

/**
 * Every change of widths that the groups allow, whether the spectrum asks for it or not: each group whose width is free
 * made smaller and larger on its own, and all of them at once. A group's layers change together.
 * @param layers of a program's run
 * @returns lists of overrides, one for each run.
 */
export function variantsOf(layers: readonly Layer[]): Override[][] {
  const groups = [...freeGroups(layers).values()]
  const alone = groups.flatMap((group) =>
    [otherWidth(group[0]!, -1), otherWidth(group[0]!, 1)].flatMap((width) =>
      width === null ? [] : [overridesFor(group, width)],
    ),
  )
  const together = ([-1, 1] as const).map((sign) =>
    groups.flatMap((group) => overridesFor(group, otherWidth(group[0]!, sign) ?? otherWidth(group[0]!, 1)!)),
  )
  return [...alone, ...(groups.length > 1 ? together : [])]
}

/** The layers whose width is free and can be set, by group. */
export function freeGroups(layers: readonly Layer[]): Groups {
  const groups: Groups = new Map()
  const fixed = new Set<string>()
  for (const layer of layers) {
    const { id, group, widthProperty, width, isOutput } = layer
    const key = group?.id ?? id
    const isFree = group ? group.given === null && group.unknown === null : widthProperty !== null && !isOutput
    // No width is advised for outputs, nor for layers that have to have the width of one. Wrappers have no width of
    // their own that an override could set.
    if (!isFree || isOutput || ((layer.kind === 'Bidirectional' || layer.kind === 'TimeDistributed') && group))
      fixed.add(key)
    // Custom layers that take their width from an inner layer are set there.
    if (widthProperty === null || width === null) continue
    groups.set(key, [...(groups.get(key) ?? []), layer as Settable])
  }
  for (const key of fixed) groups.delete(key)
  return groups
}

/** The next admissible width in a direction; null where there is none. */
function otherWidth({ width, group }: Settable, sign: 1 | -1): number | null {
  const { multiple = 1, offset = 0 } = (group ?? {}) as { multiple?: number; offset?: number }
  const other = width + sign * multiple
  return other > offset ? other : null
}

function overridesFor(layers: readonly Settable[], value: number): Override[] {
  const named = layers.map(({ name, site }) =>
    MADE_UP.test(name) && site ? `${site.file}:${site.line}:${site.column}` : name,
  )
  return [...new Set(named)].map((layer) => ({ layer, property: 'width', value }))
}

import type { WidthChoice, WidthEdit, WidthPlan, WidthRefusal, WidthRequest } from './plan.ts'

/** What is to be done for one number of the source. */
export type Outcome = { edit: WidthEdit } | { choice: WidthChoice } | { refusal: WidthRefusal }

/**
 * Puts together what has to change together: layers of a group, and those that one number makes. Where a part of it is
 * refused, all is; where a part is a person's choice, the rest goes with the choice.
 */
export function clusters(outcomes: readonly Outcome[], { layers, groups = [] }: WidthRequest): WidthPlan {
  const plan: WidthPlan = { edits: [], choices: [], refused: [] }
  const changing = new Map(layers.filter(({ from, to }) => from !== to).map((each) => [each.layer, each]))
  const leader = new Map<string, string>()
  const find = (id: string): string => {
    let root = id
    while (leader.has(root) && leader.get(root) !== root) root = leader.get(root)!
    return root
  }
  const unite = (ids: readonly string[]) => {
    for (const id of ids) leader.set(find(id), find(ids[0]!))
  }
  for (const ids of [...groups, ...outcomes.map(layersOf)]) unite(ids.filter((id) => changing.has(id)))
  const byLeader = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const root = find(layersOf(outcome).find((id) => changing.has(id))!)
    byLeader.set(root, [...(byLeader.get(root) ?? []), outcome])
  }
  for (const [root, parts] of byLeader) {
    const own = parts.flatMap((part) => ('refusal' in part ? [part.refusal] : []))
    const edits = parts.flatMap((part) => ('edit' in part ? [part.edit] : []))
    const choices = parts.flatMap((part) => ('choice' in part ? [part.choice] : []))
    if (own.length > 0) {
      plan.refused.push(
        ...own,
        ...tiedTo(
          own,
          [...changing.values()].filter(({ layer }) => find(layer) === root),
        ),
      )
    } else if (choices.length > 0) plan.choices.push(together(choices, edits))
    else plan.edits.push(...edits)
  }
  return plan
}

function layersOf(outcome: Outcome): string[] {
  return 'edit' in outcome ? outcome.edit.layers : 'choice' in outcome ? outcome.choice.layers : outcome.refusal.layers
}

/** Refuses the other layers of a cluster in which some are refused. Of numbers that the code may lack nothing is said. */
function tiedTo(refused: readonly WidthRefusal[], layers: WidthRequest['layers']): WidthRefusal[] {
  const own = new Set(refused.flatMap((each) => each.layers))
  return layers
    .filter(({ layer, optional }) => !own.has(layer) && !optional)
    .map(({ layer, from, to }) => ({ layers: [layer], from, to, reason: { kind: 'tied', layers: [...own] } }))
}

/** Several choices and edits that go together are one choice. */
function together(choices: readonly WidthChoice[], edits: readonly WidthEdit[]): WidthChoice {
  const isDefinable = choices.every(({ definition }) => definition.length > 0)
  const isHere = choices.every(({ here }) => here.length > 0)
  return {
    layers: [...new Set([...choices.flatMap((each) => each.layers), ...edits.flatMap((each) => each.layers)])],
    definition: isDefinable ? distinct([...choices.flatMap(({ definition }) => definition), ...edits]) : [],
    here: isHere ? distinct([...choices.flatMap(({ here }) => here), ...edits]) : [],
    uses: distinct(choices.flatMap(({ uses }) => uses)),
  }
}

function distinct<T extends { file: string; start: number }>(places: readonly T[]): T[] {
  return [...new Map(places.map((place) => [`${place.file}:${place.start}`, place])).values()]
}

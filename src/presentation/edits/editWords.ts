import type { FollowingNumber } from '../../advice/plan/followingShapes.ts'
import type { Place, WidthChoice, WidthEdit, WidthRefusal } from '../../source/edits/plan.ts'
import { number, pluralise } from '../numbers.ts'

/** The name of a layer, by its id. */
type NameOf = (layer: string) => string

/** Layers that a sentence names at most. */
const MAX_NAMED = 4

/** One edit in a preview: `hidden2: 104 instead of 320`. */
export function editWords({ layers, from, to }: WidthEdit, nameOf: NameOf): string {
  return `${listed(layers.map(nameOf))}: ${number(to)} instead of ${number(from)}`
}

/** What a person chooses from where a definition has further uses. */
export interface ChoiceWords {
  title: string
  definition: { label: string; detail: string } | null
  here: { label: string; detail: string } | null
}

/** The question of a choice, and its answers. */
export function choiceWords({ layers, definition, here, uses }: WidthChoice, nameOf: NameOf): ChoiceWords {
  const names = listed(layers.map(nameOf))
  const others = listed(uses.map(whereOf))
  return {
    title: `The width of ${names} is used elsewhere, too`,
    definition:
      definition.length === 0
        ? null
        : {
            label: `Change it where it is defined, ${listed(definition.map(whereOf))}`,
            detail: `${pluralise(uses.length, 'other use')} change${uses.length === 1 ? 's' : ''} with it: ${others}.`,
          },
    here:
      here.length === 0
        ? null
        : {
            label: `Write the number for ${names} only, ${listed(here.map(whereOf))}`,
            detail: 'Its other uses stay as they are.',
          },
  }
}

/** Why a width cannot be edited, what was found and where: one or two sentences. */
export function refusalWords({ layers, from, reason }: WidthRefusal, nameOf: NameOf): string {
  const names = listed(layers.map(nameOf))
  switch (reason.kind) {
    case 'no construction':
      return `${names} is constructed in no call at its line any more. Run again to find it.`
    case 'not found':
      return `${names} gets its width from something that ${quoted(reason.place)} does not show. Change it by hand.`
    case 'computed': {
      const parts = reason.parts.map((part) => `${part.text} in ${whereOf(part)}`)
      const made = parts.length === 0 ? '' : ` from ${listed(parts)}`
      return `The width of ${names} is computed${made}: ${quoted(reason.place)}. Change it by hand.`
    }
    case 'unknown':
      return `The width of ${names} comes from ${quoted(reason.place)}, which cannot be followed. Change it by hand.`
    case 'outside': {
      const values = reason.values.map(({ value }) => number(value))
      const given = values.length === 0 ? '' : ` Its default in the source is ${listed(values)}.`
      return `The run had ${number(from)} for ${names}, from outside of the source: ${quoted(reason.place)}.${given} Give the new number there.`
    }
    case 'other value': {
      const found = reason.values.map(({ value, place }) => `${number(value)} in ${whereOf(place)}`)
      return `The source says ${listed(found)} here, but the run had ${number(from)} for ${names}. Run again.`
    }
    case 'ambiguous':
      return `The width of ${names} is one of ${listed(reason.places.map(whereOf))}, and nothing shows which. Change it by hand, or all of them alike.`
    case 'shared':
      return `${reason.place.text} in ${whereOf(reason.place)} makes ${pluralise(reason.layers.length, 'layer')}, which would all have to change: ${listed(reason.layers.map(nameOf))}.`
    case 'tied':
      return `${names} has to change together with ${listed(reason.layers.map(nameOf))}, which cannot be edited.`
  }
}

/** Why a width cannot be changed: a shape that takes its features has no whole size for it. */
export function misfitWords({ layer, follows, property, from }: FollowingNumber, nameOf: NameOf): string {
  return `${nameOf(follows)} stays as it is: ${property} of ${nameOf(layer)}, ${number(from)} now, would be no whole number.`
}

function quoted(place: Place): string {
  return `\`${place.text.replace(/\s+/g, ' ')}\` in ${whereOf(place)}`
}

/** `model.js:12` */
function whereOf({ file, line }: Place): string {
  return `${file.split(/[\\/]/).at(-1) ?? file}:${line}`
}

function listed(texts: readonly string[]): string {
  const distinct = [...new Set(texts)]
  if (distinct.length > MAX_NAMED)
    return `${distinct.slice(0, MAX_NAMED - 1).join(', ')} and ${distinct.length - MAX_NAMED + 1} more`
  return distinct.length < 2 ? distinct.join('') : `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)!}`
}

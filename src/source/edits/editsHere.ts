import type { Node } from '@babel/types'
import type { LayerNumbers } from './layerNumbers.ts'
import { placeOf } from './places.ts'
import type { Place, WidthEdit } from './plan.ts'
import type { Program } from './program/program.ts'
import { keyOf } from './program/syntax.ts'
import { readAt } from './reads.ts'
import type { Step } from './values/origin.ts'

/**
 * Writes a number where layers use it, in the place of what defines it for others as well.
 * @param number the definition
 * @param layers those that are to change
 * @param passed by name or `this` on the ways of any layers: the ids of these layers
 * @returns null where other layers would change, too.
 */
export function editsHere(
  program: Program,
  number: Node,
  layers: readonly LayerNumbers[],
  passed: ReadonlyMap<Node, ReadonlySet<string>>,
): WidthEdit[] | null {
  const edits = new Map<string, WidthEdit>()
  for (const { layer, candidates } of layers) {
    const alike = new Set(layers.filter((other) => other.layer.to === layer.to).map((other) => other.layer.layer))
    for (const { node, steps } of candidates) {
      if (node !== number) continue
      const replaced = steps.flatMap((step) => {
        const isOwn = [...(passed.get(step.node) ?? [])].every((id) => alike.has(id))
        return (isOwn && replacement(program, step, layer.to)) || []
      })[0]
      if (!replaced) return null
      const key = JSON.stringify([replaced.place.file, replaced.place.start])
      const known = edits.get(key)
      if (known) {
        if (!known.layers.includes(layer.layer)) known.layers.push(layer.layer)
      } else {
        const { place, newText } = replaced
        const { from, to } = layer
        edits.set(key, { ...place, newText, from, to, layers: [layer.layer], form: 'use' })
      }
    }
  }
  return [...edits.values()]
}

/** The text that gives a number where a name is read; null where it cannot be written there. */
function replacement(program: Program, { node, path }: Step, to: number): { place: Place; newText: string } | null {
  const { whole, access } = readAt(program, node, path.length)
  const rest = path.slice(access.length)
  const parent = program.parentOf(whole)
  if (!parent) return null
  const place = placeOf(program, whole)
  if (rest.length === 0) {
    const isShorthand = parent.type === 'ObjectProperty' && parent.shorthand
    return { place, newText: isShorthand ? `${keyOf(parent) ?? ''}: ${to}` : String(to) }
  }
  const [name] = rest
  if (rest.length > 1 || !/^[A-Za-z_$][\w$]*$/.test(name!)) return null
  if (parent.type === 'SpreadElement' && program.parentOf(parent)?.type === 'ObjectExpression')
    return { place: placeOf(program, parent), newText: `...${place.text}, ${name}: ${to}` }
  const isArgument = 'arguments' in parent && parent.arguments.some((each) => each === whole)
  return isArgument ? { place, newText: `{ ...${place.text}, ${name}: ${to} }` } : null
}

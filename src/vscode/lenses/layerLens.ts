import { commandOf } from '../hints/actionCommands.ts'
import { COMMANDS } from '../names.ts'
import type { Annotation } from './annotations.ts'
import type { Lens } from './lensProvider.ts'

/**
 * The lenses of a line that makes layers: what a change of its width has done, its state, which a click shows in the panel
 * (of several layers, the user picks one), and one for each action.
 */
export function layerLenses(annotation: Annotation): Lens[] {
  const { line, title, tooltip, layerIds, compared, actions } = annotation
  const [only, ...others] = layerIds
  const command = others.length === 0 ? COMMANDS.openLayer : COMMANDS.pickLayer
  const state = { title, tooltip, command, arguments: [others.length === 0 ? only : layerIds] }
  const change = compared === null ? [] : [{ line, command: { ...state, title: `$(git-compare) ${compared}` } }]
  return [...change, { line, command: state }, ...actions.map((action) => ({ line, command: commandOf(action) }))]
}

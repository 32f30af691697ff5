import { COMMANDS } from '../names.ts'
import type { Annotation } from './annotations.ts'
import type { Lens } from './lensProvider.ts'

/**
 * The lens of a line that makes layers. A click opens the layer in the panel; of several layers, the user picks one.
 */
export function layerLens({ line, title, tooltip, layerIds }: Annotation): Lens {
  const [only, ...others] = layerIds
  const command = others.length === 0 ? COMMANDS.openLayer : COMMANDS.pickLayer
  return { line, command: { title, tooltip, command, arguments: [others.length === 0 ? only : layerIds] } }
}

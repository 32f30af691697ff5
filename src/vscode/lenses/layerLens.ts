import type { Annotation } from './annotations.ts'
import type { Lens } from './lensProvider.ts'

/** The lens of a line that makes layers: a click opens the layer in the panel, or lists them where there are several. */
export function layerLens({ line, title, tooltip, layerIds }: Annotation): Lens {
  const [only, ...others] = layerIds
  const command = others.length === 0 ? 'saturation.openLayer' : 'saturation.pickLayer'
  return { line, command: { title, tooltip, command, arguments: [others.length === 0 ? only : layerIds] } }
}

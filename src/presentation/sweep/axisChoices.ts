import { layerKind } from '../../model/layerKinds.ts'
import type { LayerState } from '../../run/state.ts'

/** Something that can be varied. */
export interface AxisChoice {
  /** For a person: `width of conv1`. */
  readonly label: string
  /** As the command line names it: `conv1.filters`. */
  readonly name: string
  /** Values that are offered: `8,16,32`. */
  readonly values: string
}

/** What can be varied of a network, the input first. @param layers its measured layers */
export function axisChoices(
  layers: readonly Pick<LayerState, 'name' | 'kind' | 'width' | 'widthProperty' | 'isOutput'>[],
): AxisChoice[] {
  const hidden = layers.filter(({ isOutput }) => !isOutput)
  const convolutions = hidden.filter(({ kind }) => layerKind(kind).convolution)
  const input =
    layers.length === 0 || convolutions.length > 0
      ? [{ label: 'size of the input image', name: 'input.size', values: '16,24,32' }]
      : []
  const widths = hidden.flatMap(({ name, width, widthProperty }) => {
    if (width === null || widthProperty === null) return []
    const values = [...new Set([Math.max(1, Math.round(width / 2)), width, 2 * width])].join(',')
    return [{ label: `width of ${name}`, name: `${name}.${widthProperty}`, values }]
  })
  const kernels = convolutions.map(({ name }) => ({
    label: `kernel of ${name}`,
    name: `${name}.kernelSize`,
    values: '1,3,5',
  }))
  const depths = hidden.map(({ name }) => ({
    label: `depth: ${name} left out or repeated`,
    name: `${name}.repeat`,
    values: '0,1,2',
  }))
  return [...input, ...widths, ...kernels, ...depths]
}

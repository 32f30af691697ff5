/** How a window moves over an image; one entry for each spatial axis. */
export interface Windows {
  strides: number[]
  dilations: number[]
  /** Padding before the image's first element (above, left), in elements. */
  before: number[]
}

/** Attributes of convolution and pooling kernels that say how the window moves. */
export interface WindowAttributes {
  strides: number | number[]
  dilations?: number | number[]
  pad: 'same' | 'valid' | number | [number, number][]
}

/**
 * Resolves the attributes of a convolution or pooling over images [batch, …spatial, channels].
 * @param input spatial extents of the image
 * @param output spatial extents of the result
 * @param kernel spatial extents of the window
 */
export function windowsOf(
  { strides, dilations = 1, pad }: WindowAttributes,
  input: readonly number[],
  output: readonly number[],
  kernel: readonly number[],
): Windows {
  const perAxis = (value: number | number[]): number[] =>
    typeof value === 'number' ? input.map(() => value) : value.slice(-input.length)
  const stride = perAxis(strides)
  const dilation = perAxis(dilations)
  const before = input.map((extent, axis) => {
    if (pad === 'valid') return 0
    if (typeof pad === 'number') return pad
    if (Array.isArray(pad)) return pad[axis + 1]?.[0] ?? 0
    // TensorFlow's SAME splits the padding in halves. If it is odd, the smaller half goes before the image.
    const window = (kernel[axis]! - 1) * dilation[axis]! + 1
    return Math.floor(Math.max(0, (output[axis]! - 1) * stride[axis]! + window - extent) / 2)
  })
  return { strides: stride, dilations: dilation, before }
}

import { engine, kindOf, type Layer, type Tensor } from '../../tfjs/tfjs.ts'
import { plainLayer } from './plainLayer.ts'

/** Positions along the height and the width of an image. */
export type Size = readonly [height: number, width: number]

/** Name of the layer that resizes images. */
const NAME = 'input_size'

/**
 * A layer that brings images of the shape [examples, height, width, channels] to a size, as `tf.layers.resizing` of
 * TensorFlow.js does: bilinear, corners aligned, no smoothing before.
 * @param like any layer of the same copy of tfjs-layers
 * @param number of resizing layers that there are already
 */
export function resizingLayer(like: Layer, [height, width]: Size, number: number): Layer {
  const name = number === 0 ? NAME : `${NAME}_${number + 1}`
  return plainLayer(
    like,
    { name, trainable: false },
    {
      className: 'Resizing',
      config: { height, width, interpolation: 'bilinear', cropToAspectRatio: false },
      computeOutputShape: ([examples = null, , , channels = null]) => [examples, height, width, channels],
      call: (inputs) => resize([inputs].flat()[0]!, [height, width]),
    },
  )
}

function resize(images: Tensor, size: Size): Tensor {
  return engine()!.runKernel(
    'ResizeBilinear',
    { images },
    { alignCorners: true, halfPixelCenters: false, size: [...size] },
  )
}

/** Whether a shape is that of images: [examples, height, width, channels]. */
export function isImageShape(shape: unknown): boolean {
  return Array.isArray(shape) && shape.length === 4
}

/** Whether a layer is one that the library makes for an input of a model. */
export function isInput(layer: Layer): boolean {
  return kindOf(layer) === 'InputLayer'
}

/** Whether a layer is such a resizing layer, also one that is made from the config of one. */
export function isResizing(layer: Layer): boolean {
  return kindOf(layer) === 'Resizing' && layer.name.startsWith(NAME)
}

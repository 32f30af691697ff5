import * as tf from '@tensorflow/tfjs'
import type { Literal } from './description.ts'
import { PLAIN_CODE } from './plainCode.ts'

const { layers } = tf
type Layer = tf.layers.Layer

/** A layer of the program's own that contains others, as programs write them. */
abstract class Block extends layers.Layer {
  readonly inner: Layer[] = []

  /** Builds the inner layers with the shapes that they get. */
  protected adopt(layer: Layer, shape: tf.Shape): void {
    layer.build(shape)
    layer.built = true
    this.trainableWeights = [...this.trainableWeights, ...layer.trainableWeights]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.run([inputs].flat()))
  }

  protected abstract run(inputs: tf.Tensor[]): tf.Tensor
}

/** Attention with projections of its own. */
export class Attention extends Block {
  readonly #options: Readonly<Record<string, Literal>>

  /** @param projections of queries, keys and values, and of what is attended to */
  constructor(name: string, projections: readonly Layer[], options: Readonly<Record<string, Literal>>) {
    super({ name })
    this.inner.push(...projections)
    this.#options = options
  }

  override build(shape: tf.Shape): void {
    const [q, k, v, o] = this.inner as [Layer, Layer, Layer, Layer]
    for (const layer of [q, k, v]) this.adopt(layer, shape)
    this.adopt(o, v.computeOutputShape(shape) as tf.Shape)
    super.build(shape)
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return this.inner[3]!.computeOutputShape(shape) as tf.Shape
  }

  protected override run([x]: tf.Tensor[]): tf.Tensor {
    const [q, k, v, o] = this.inner as [Layer, Layer, Layer, Layer]
    const parts = [q, k, v].map((layer) => layer.apply(x!) as tf.Tensor)
    return o.apply(PLAIN_CODE['attention']!(parts, this.#options)) as tf.Tensor
  }

  static readonly className = 'Attention'
}

/** A linear map by a weight of its own, times the sigmoid of an inner layer. */
export class Gate extends Block {
  readonly units: number
  #kernel: tf.LayerVariable | null = null

  constructor(name: string, units: number, inner: Layer) {
    super({ name })
    this.units = units
    this.inner.push(inner)
  }

  override build(shape: tf.Shape): void {
    this.#kernel = this.addWeight('kernel', [shape.at(-1)!, this.units], 'float32', tf.initializers.glorotNormal({}))
    this.adopt(this.inner[0]!, shape)
    super.build(shape)
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return [...shape.slice(0, -1), this.units]
  }

  protected override run([x]: tf.Tensor[]): tf.Tensor {
    const rows = x!.reshape([-1, x!.shape.at(-1)!])
    const linear = tf.matMul(rows, this.#kernel!.read()).reshape([...x!.shape.slice(0, -1), this.units])
    return linear.mul(tf.sigmoid(this.inner[0]!.apply(x!) as tf.Tensor))
  }

  static readonly className = 'Gate'
}

/** Two layers with a residual connection around them. */
export class Residual extends Block {
  constructor(name: string, first: Layer, second: Layer) {
    super({ name })
    this.inner.push(first, second)
  }

  override build(shape: tf.Shape): void {
    const [first, second] = this.inner as [Layer, Layer]
    this.adopt(first, shape)
    this.adopt(second, first.computeOutputShape(shape) as tf.Shape)
    super.build(shape)
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape
  }

  protected override run([x]: tf.Tensor[]): tf.Tensor {
    const [first, second] = this.inner as [Layer, Layer]
    return x!.add(second.apply(tf.relu(first.apply(x!) as tf.Tensor)) as tf.Tensor)
  }

  static readonly className = 'Residual'
}

/** Plain code as a layer, which a model needs. */
export class Code extends layers.Layer {
  readonly #run: (inputs: tf.Tensor[]) => tf.Tensor
  readonly #batch: number

  constructor(name: string, batch: number, run: (inputs: tf.Tensor[]) => tf.Tensor) {
    super({ name })
    this.#batch = batch
    this.#run = run
  }

  override computeOutputShape(shapes: tf.Shape | tf.Shape[]): tf.Shape {
    const all = (Array.isArray(shapes[0]) ? shapes : [shapes]) as tf.Shape[]
    const zeros = () => all.map((shape) => tf.zeros(shape.map((size) => size ?? this.#batch)))
    const output = tf.tidy(() => this.#run(zeros()))
    output.dispose()
    return [null, ...output.shape.slice(1)]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.#run([inputs].flat()))
  }

  static readonly className = 'Code'
}

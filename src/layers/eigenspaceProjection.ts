import type * as TensorFlow from '@tensorflow/tfjs'
import { checkDelta } from '../saturation/dimension.ts'
import type { AffineMap } from '../saturation/units/affineMap.ts'
import { Eigenspaces } from '../saturation/units/eigenspaces.ts'
import { aboutZero, type Moments } from '../saturation/units/moments.ts'
import { randomProjection } from '../saturation/units/projections.ts'
import type { EigenspaceProjection, EigenspaceProjectionArgs, EigenspaceProjectionMembers } from './layers.d.ts'
import { withDefaults } from './options.ts'
import type { Tf } from './tensorflow.ts'

type Weight = TensorFlow.layers.Layer['weights'][number]
type LayerClass = new (args?: EigenspaceProjectionArgs) => EigenspaceProjection

const classes = new WeakMap<object, LayerClass>()

/** The layer's class for a copy of TensorFlow.js, which can load models that contain the layer from now on. */
export function classFor(tf: Tf): LayerClass {
  const known = classes.get(tf.layers.Layer)
  if (known) return known

  /**
   * Projects its input onto the eigenspace of the input's covariance (arXiv 2006.08679). In training it measures the
   * covariance and passes its input on as it is.
   */
  class EigenspaceProjectionLayer extends tf.layers.Layer implements EigenspaceProjectionMembers {
    static readonly className = 'EigenspaceProjection'
    enabled: boolean
    readonly #args: ReturnType<typeof withDefaults>
    #delta: number
    #observations!: Weight
    #mean!: Weight
    #covariance!: Weight
    /** The projection of the moments that `covariance` held; it is made anew after they have changed. */
    #projection: { of: object; map: AffineMap } | null = null
    /** Eigenspaces of the same moments, for any delta. */
    #spaces: { of: object; spaces: Eigenspaces } | null = null

    constructor(args: EigenspaceProjectionArgs = {}) {
      super(args)
      this.#args = withDefaults(args)
      this.#delta = this.#args.delta
      this.enabled = this.#args.enabled
    }

    get delta(): number {
      return this.#delta
    }

    set delta(delta: number) {
      checkDelta(delta)
      this.#delta = delta
      this.#projection = null
    }

    get dimension(): number {
      return this.#map().rank
    }

    override build(inputShape: TensorFlow.Shape | TensorFlow.Shape[]): void {
      const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as TensorFlow.Shape
      const width = shape.at(this.#args.axis)
      if (shape.length < 2 || !width)
        throw new Error(`${this.name}: the input ${JSON.stringify(shape)} has no features`)
      const zeros = tf.initializers.zeros()
      const weight = (name: string, size: number[]) => this.addWeight(name, size, 'float32', zeros, undefined, false)
      this.#observations = weight('observations', [])
      this.#mean = weight('mean', [width])
      this.#covariance = weight('covariance', [width, width])
      super.build(inputShape)
    }

    override computeOutputShape(inputShape: TensorFlow.Shape | TensorFlow.Shape[]): TensorFlow.Shape {
      return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as TensorFlow.Shape
    }

    override call(inputs: TensorFlow.Tensor | TensorFlow.Tensor[], kwargs?: { training?: boolean }): TensorFlow.Tensor {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs
      if (kwargs?.training) {
        tf.tidy(() => this.#measure(this.#rowsOf(input)))
        return input
      }
      if (!this.enabled || this.#delta === 1) return input
      const { matrix, centre } = this.#map()
      return matrix ? tf.tidy(() => this.#project(input, matrix, centre)) : input
    }

    override getConfig(): TensorFlow.serialization.ConfigDict {
      return { ...super.getConfig(), ...this.#args, delta: this.#delta, enabled: this.enabled }
    }

    /** Merges a batch's moments (Chan, Golub and LeVeque 1979) into those of before, whose weight has decayed. */
    #measure(rows: TensorFlow.Tensor2D): void {
      const before = tf.mul(this.#observations.read(), this.#args.momentum)
      const observations = tf.add(before, rows.shape[0])
      const share = tf.div(rows.shape[0], observations)
      const mean = tf.mean(rows, 0)
      const deviations = tf.sub(rows, mean)
      const covariance = tf.div(tf.matMul(deviations, deviations, true), rows.shape[0])
      const step = tf.sub(mean, this.#mean.read())
      const between = tf.mul(
        tf.outerProduct(step as TensorFlow.Tensor1D, step as TensorFlow.Tensor1D),
        tf.sub(1, share),
      )
      const change = tf.sub(tf.add(covariance, between), this.#covariance.read())
      // A batch with NaN or infinity is left out: it would never leave the moments again.
      const isFinite = tf.all(tf.isFinite(tf.sum(covariance)))
      const kept = (weight: Weight, next: TensorFlow.Tensor) => weight.write(tf.where(isFinite, next, weight.read()))
      kept(this.#observations, observations)
      kept(this.#covariance, tf.add(this.#covariance.read(), tf.mul(change, share)))
      kept(this.#mean, tf.add(this.#mean.read(), tf.mul(step, share)))
    }

    #project(input: TensorFlow.Tensor, matrix: Float64Array, centre: Float64Array): TensorFlow.Tensor {
      const width = centre.length
      const mean = tf.tensor1d(Float32Array.from(centre))
      const rows = tf.sub<TensorFlow.Tensor2D>(this.#rowsOf(input), mean)
      const projected = tf.add(tf.matMul(rows, tf.tensor2d(Float32Array.from(matrix), [width, width])), mean)
      const { there, back } = this.#permutations(input.rank)
      const shape = there.map((axis) => input.shape[axis]!)
      return tf.transpose(tf.reshape(projected, shape), back)
    }

    /** Feature vectors, [count × width]. */
    #rowsOf(input: TensorFlow.Tensor): TensorFlow.Tensor2D {
      const width = input.shape.at(this.#args.axis)!
      return tf.reshape(tf.transpose(input, this.#permutations(input.rank).there), [-1, width])
    }

    /** Moves the features to the last axis, and back. */
    #permutations(rank: number): { there: number[]; back: number[] } {
      const axis = this.#args.axis < 0 ? rank + this.#args.axis : this.#args.axis
      const axes = Array.from({ length: rank }, (_, i) => i)
      const there = [...axes.filter((i) => i !== axis), axis]
      return { there, back: axes.map((i) => there.indexOf(i)) }
    }

    /** The projection for the present moments and delta. The eigenvectors are found once for each change of moments. */
    #map(): AffineMap {
      const width = this.#mean.shape[0] ?? 0
      // A variable that is assigned to, or loaded, gets data of another id.
      const { dataId: of } = this.#covariance.read()
      if (this.#projection?.of === of) return this.#projection.map
      const map = this.#newMap(of, width)
      this.#projection = { of, map }
      return map
    }

    #newMap(of: object, width: number): AffineMap {
      const nothing = { width, rank: width, matrix: null, centre: new Float64Array(width) }
      if (!(this.#observations.read().dataSync()[0]! > 0)) return nothing
      const measured = {
        mean: Float64Array.from(this.#mean.read().dataSync()),
        covariance: Float64Array.from(this.#covariance.read().dataSync()),
      }
      const moments: Moments = this.#args.centred ? measured : aboutZero(measured)
      if (this.#spaces?.of !== of) this.#spaces = { of, spaces: new Eigenspaces(moments) }
      const map = this.#spaces.spaces.projection(this.#delta)
      return this.#args.basis === 'random' ? randomProjection(moments.mean, map.rank, this.#args.seed) : map
    }
  }

  tf.serialization.registerClass(EigenspaceProjectionLayer)
  const created = EigenspaceProjectionLayer as unknown as LayerClass
  classes.set(tf.layers.Layer, created)
  return created
}

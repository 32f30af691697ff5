/** A smooth function and its gradient at a point. The gradient is the caller's to keep. */
export type Objective = (x: Float64Array) => { value: number; gradient: Float64Array }

/** When a minimisation ends. */
export interface Limits {
  /** Largest component of the gradient at which it has converged. */
  readonly tolerance: number
  readonly iterations: number
  /** Whether the time is over. */
  readonly isOver: () => boolean
}

/** Where a minimisation has ended. */
export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  /** Largest component of the gradient, by magnitude. */
  readonly gradientNorm: number
  readonly iterations: number
  readonly converged: boolean
}

/** Pairs of steps and gradient changes that stand for the Hessian. */
const MEMORY = 10
/** Shares of the expected decrease and of the slope that a step must keep (Nocedal and Wright 2006, section 3.1). */
const DECREASE = 1e-4
const CURVATURE = 0.9
/** Steps that are tried along a direction at most. */
const MAX_TRIED_STEPS = 30
/** Relative rounding of a value whose products are computed in float32: a smaller increase is none. */
const ROUNDING = 1e-8

interface Point {
  readonly x: Float64Array
  readonly value: number
  readonly gradient: Float64Array
}

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright 2006, "Numerical Optimization", algorithm 7.5), with a line
 * search for the weak Wolfe conditions by bisection (Lewis and Overton 2013, "Nonsmooth optimization via quasi-Newton
 * methods", algorithm 2.6).
 * @param start [parameters]; it is not changed
 */
export function minimise(objective: Objective, start: Float64Array, limits: Limits): Minimum {
  let at: Point = { x: start, ...objective(start) }
  const pairs: { step: Float64Array; change: Float64Array; curvature: number }[] = []
  let iterations = 0
  while (!isConverged(at, limits) && iterations < limits.iterations && !limits.isOver()) {
    const direction = descent(at.gradient, pairs)
    const length = pairs.length === 0 ? 1 / Math.sqrt(dot(at.gradient, at.gradient)) : 1
    const next = lineSearch(objective, at, direction, length)
    // No step lowers the value: rounding hides what is left of the slope.
    if (!next) break
    iterations++
    const [step, change] = [difference(next.x, at.x), difference(next.gradient, at.gradient)]
    const curvature = dot(step, change)
    if (curvature > 1e-10 * dot(change, change)) pairs.push({ step, change, curvature })
    if (pairs.length > MEMORY) pairs.shift()
    at = next
  }
  const { x, value, gradient } = at
  return { x, value, gradientNorm: largest(gradient), iterations, converged: isConverged(at, limits) }
}

function isConverged({ gradient }: Point, { tolerance }: Limits): boolean {
  return largest(gradient) <= tolerance
}

/** The direction −H g, where the pairs stand for H (the two-loop recursion, algorithm 7.4). */
function descent(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value)
  const shares: number[] = []
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i]!
    shares[i] = dot(step, direction) / curvature
    addTo(direction, change, -shares[i]!)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = last.curvature / dot(last.change, last.change)
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  }
  for (const [i, { step, change, curvature }] of pairs.entries())
    addTo(direction, step, shares[i]! - dot(change, direction) / curvature)
  return direction
}

/** A point along a direction that is lower by enough, and where the slope is less; null where none is found. */
function lineSearch(objective: Objective, from: Point, direction: Float64Array, first: number): Point | null {
  const slope = dot(from.gradient, direction)
  if (!(slope < 0)) return null
  let [low, high, step] = [0, Infinity, first]
  let best: Point | null = null
  for (let tried = 0; tried < MAX_TRIED_STEPS; tried++) {
    const x = from.x.slice()
    addTo(x, direction, step)
    const point = { x, ...objective(x) }
    const isLower = point.value <= from.value + DECREASE * step * slope + ROUNDING * Math.abs(from.value)
    if (!isLower || !Number.isFinite(point.value)) high = step
    else {
      best = point
      if (dot(point.gradient, direction) >= CURVATURE * slope) return point
      low = step
    }
    step = high === Infinity ? 2 * low : (low + high) / 2
  }
  return best
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function addTo(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * other[i]!
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!)
}

function largest(vector: Float64Array): number {
  let most = 0
  for (const value of vector) most = Math.max(most, Math.abs(value))
  return most
}

import { uniformGenerator } from './uniform.ts'

/**
 * Independent standard normal numbers, determined by the seed (mulberry32 and the Box–Muller transform).
 * @param seed an integer; a fractional part is dropped.
 */
export function gaussian(count: number, seed: number): Float32Array {
  const values = new Float32Array(count)
  const uniform = uniformGenerator(seed)
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    values[i] = radius * Math.cos(angle)
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle)
  }
  return values
}

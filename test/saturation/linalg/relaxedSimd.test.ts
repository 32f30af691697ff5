import v8 from 'node:v8'
import { describe, expect, it } from 'vitest'
import relaxed from '../../../src/saturation/linalg/wasm/main.relaxed.wasm'
import plain from '../../../src/saturation/linalg/wasm/main.wasm'
import { rotated } from '../rotated.ts'

// Node 20 supports relaxed SIMD only with a flag. Tests may set it, unlike the monitor in the user's process.
if (!WebAssembly.validate(relaxed)) v8.setFlagsFromString('--experimental-wasm-relaxed-simd')

interface Solver {
  memory: WebAssembly.Memory
  reserve(n: number): void
  diagonalEntry(i: number): number
  begin(): void
  reduce(): number
  beginFloat32(): number
  endFloat32(): number
  eigenvalues(columns: number, raise: number): number
}

function eigenvaluesBy(
  binary: Uint8Array<ArrayBuffer>,
  matrix: Float64Array,
  n: number,
  precision: 'float64' | 'float32',
): Float64Array {
  const solver = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Solver
  solver.reserve(n)
  const memory = new Float64Array(solver.memory.buffer)
  for (let i = 0; i < n; i++) memory.set(matrix.subarray(i * n + i, i * n + n), solver.diagonalEntry(i) / 8)
  solver.begin()
  if (precision === 'float64') while (solver.reduce() < n);
  else {
    solver.beginFloat32()
    solver.endFloat32()
  }
  return new Float64Array(solver.memory.buffer)
    .slice(solver.eigenvalues(n, 0) / 8)
    .subarray(0, n)
    .sort()
    .reverse()
}

describe('eigenvalues', () => {
  const builds = [
    ['without relaxed SIMD', plain],
    ['with relaxed SIMD', relaxed],
  ] as const
  for (const [name, binary] of builds)
    for (const [precision, error] of [
      ['float64', 1e-13],
      ['float32', 1e-6],
    ] as const)
      it.skipIf(!WebAssembly.validate(binary)).each([1, 2, 7, 64, 203])(
        `${name}, in ${precision}, are the %d known ones`,
        (n) => {
          const known = Float64Array.from({ length: n }, (_, i) => (i + 1) ** -1.5)
          const trace = known.reduce((sum, value) => sum + value, 0)
          eigenvaluesBy(binary, rotated(known, n), n, precision).forEach((value, i) => {
            expect(Math.abs(value - known[i]!)).toBeLessThanOrEqual(error * trace)
          })
        },
      )

  it('have two builds that differ', () => {
    expect(Buffer.from(relaxed).equals(Buffer.from(plain))).toBe(false)
  })
})

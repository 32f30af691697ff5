import binary from './wasm/main.wasm'

/** What `wasm/main.ts` exports; addresses are byte offsets into the memory. */
interface Solver {
  memory: WebAssembly.Memory
  reserve(n: number): void
  diagonalEntry(i: number): number
  magnitude(): number
  scale(factor: number): void
  begin(): void
  reduce(): number
  eigenvalues(columns: number): number
}

/** Memory of WebAssembly only grows: one that grew beyond this is given back. */
const KEPT_BYTES = 2 ** 24

let compiled: WebAssembly.Module | null = null
let kept: Solver | null = null

/**
 * All eigenvalues of a real symmetric matrix, values only, in WebAssembly: Householder reduction to tridiagonal form by
 * panels, then the root-free QL iteration. Both are backward stable: errors are of the order of machine epsilon times
 * the largest eigenvalue. Rows and columns of zeros, a rectifier's dead units, are left out of the O(n³) work.
 *
 * @param matrix symmetric, row-major: [n × n], of which only the upper triangle is read, or that triangle alone, n − i
 *   entries in row i. Nothing is written.
 * @returns [n] eigenvalues, descending.
 * @throws RangeError when the length is neither n² nor n (n + 1) / 2, or the memory for n² numbers cannot be had.
 * @throws Error when an entry is NaN or infinite, or the iteration does not converge (60 sweeps for one eigenvalue).
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  const rows = rowsOf(matrix, n)
  const live = nonZeroRows(rows)
  const values = new Float64Array(n)
  if (live.length === 0) return values
  const solver = kept ?? instantiate()
  kept = null
  copy(rows, live, solver)
  const scale = powerOfTwo(solver.magnitude())
  solver.scale(1 / scale)
  solver.begin()
  while (solver.reduce() < live.length);
  const address = solver.eigenvalues(live.length)
  if (address === 0) throw new Error('the QL iteration did not converge')
  values.set(new Float64Array(solver.memory.buffer, address, live.length))
  for (let i = 0; i < live.length; i++) values[i]! *= scale
  if (solver.memory.buffer.byteLength <= KEPT_BYTES) kept = solver
  return values.sort().reverse()
}

function instantiate(): Solver {
  compiled ??= new WebAssembly.Module(binary)
  return new WebAssembly.Instance(compiled).exports as Solver
}

/** The upper triangle's rows, each from the diagonal on. */
function rowsOf(matrix: Float64Array, n: number): Float64Array[] {
  const whole = matrix.length === n * n
  if (!whole && matrix.length !== (n * (n + 1)) / 2)
    throw new RangeError(`${matrix.length} entries are not a ${n} × ${n} matrix or its upper triangle`)
  return Array.from({ length: n }, (_, i) => {
    const begin = whole ? i * n + i : i * n - (i * (i - 1)) / 2
    return matrix.subarray(begin, begin + n - i)
  })
}

function nonZeroRows(rows: Float64Array[]): number[] {
  const live: number[] = []
  rows.forEach((row, i) => {
    const zero = row[0] === 0 && row.every((x) => x === 0) && rows.every((above, r) => r >= i || above[i - r] === 0)
    if (!zero) live.push(i)
  })
  return live
}

function copy(rows: Float64Array[], live: number[], solver: Solver): void {
  const m = live.length
  try {
    solver.reserve(m)
  } catch (error) {
    throw new RangeError(`no memory for the eigenvalues of a ${m} × ${m} matrix`, { cause: error })
  }
  const memory = new Float64Array(solver.memory.buffer)
  for (let r = 0; r < m; r++) {
    const i = live[r]!
    const row = rows[i]!
    const to = solver.diagonalEntry(r) / 8
    if (m === rows.length) memory.set(row, to)
    else for (let c = r; c < m; c++) memory[to + c - r] = row[live[c]! - i]!
  }
}

/** Scaling by it loses nothing, and keeps squares of denormals or of 1e200 in range. */
function powerOfTwo(magnitude: number): number {
  if (!Number.isFinite(magnitude)) throw new Error('the matrix has an entry that is not finite')
  return 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(magnitude))))
}

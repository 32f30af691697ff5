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
 * @param matrix [n × n] row-major, symmetric; only the upper triangle is read, and nothing is written.
 * @returns [n] eigenvalues, descending.
 * @throws RangeError when the length is not n², or the memory for n² numbers cannot be had.
 * @throws Error when an entry is NaN or infinite, or the iteration does not converge (60 sweeps for one eigenvalue).
 */
export function eigenvalues(matrix: Float64Array, n: number): Float64Array {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} entries are not a ${n} × ${n} matrix`)
  const live = nonZeroRows(matrix, n)
  const values = new Float64Array(n)
  if (live.length === 0) return values
  const solver = kept ?? instantiate()
  kept = null
  copy(matrix, n, live, solver)
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

function nonZeroRows(matrix: Float64Array, n: number): number[] {
  const live: number[] = []
  for (let i = 0; i < n; i++) {
    let zero = true
    for (let j = i; zero && j < n; j++) zero = matrix[i * n + j] === 0
    for (let j = 0; zero && j < i; j++) zero = matrix[j * n + i] === 0
    if (!zero) live.push(i)
  }
  return live
}

function copy(matrix: Float64Array, n: number, live: number[], solver: Solver): void {
  const m = live.length
  try {
    solver.reserve(m)
  } catch (error) {
    throw new RangeError(`no memory for the eigenvalues of a ${m} × ${m} matrix`, { cause: error })
  }
  const memory = new Float64Array(solver.memory.buffer)
  for (let r = 0; r < m; r++) {
    const from = live[r]! * n
    const to = solver.diagonalEntry(r) / 8
    if (m === n) memory.set(matrix.subarray(from + r, from + n), to)
    else for (let c = r; c < m; c++) memory[to + c - r] = matrix[from + live[c]!]!
  }
}

/** Scaling by it loses nothing, and keeps squares of denormals or of 1e200 in range. */
function powerOfTwo(magnitude: number): number {
  if (!Number.isFinite(magnitude)) throw new Error('the matrix has an entry that is not finite')
  return 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(magnitude))))
}

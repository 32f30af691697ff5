import { widthOf, type Growing, type Value } from './growing.ts'

/** A random choice: what is added to a model, to which of its values, how wide. */
export interface Move {
  readonly kind: keyof typeof MOVES
  readonly a: number
  readonly b: number
  readonly width: number
}

type Parameters = Omit<Move, 'kind'>
const lead = ({ shape }: Value) => shape.slice(0, -1)

/** A move on a value of one rank; it does nothing where there is none. */
const on =
  (rank: number, grow: (model: Growing, x: Value, move: Parameters) => void) => (model: Growing, move: Parameters) => {
    const x = model.pick(rank, move.a)
    if (x) grow(model, x, move)
  }
/** A move on a value of rank 1, 2 or 3. */
const onAny = (grow: (model: Growing, x: Value, move: Parameters) => void) => (model: Growing, move: Parameters) => {
  const x = [0, 1, 2].map((more) => model.pick(1 + ((move.b + more) % 3), move.a)).find((value) => value !== null)
  if (x) grow(model, x, move)
}
const one = <T>(list: readonly T[], turn: number): T => list[turn % list.length]!

/** First states for a recurrent layer: the last features of another layer, or those of a projection. */
function states(model: Growing, units: number, count: number, turn: number): Value[] {
  const from = model.pick(1, turn)
  if (!from) return []
  return Array.from({ length: count }, (_, i) =>
    widthOf(from) === units && (turn + i) % 2 === 0 ? from : model.project(from, units),
  )
}

/** All that a model may grow by, by name. */
export const MOVES = {
  dense: onAny((model, x, { width, b }) =>
    model.layer('dense', [x], lead(x), width, { activation: one(['relu', 'tanh', 'linear'], b) }),
  ),
  conv1d: on(2, (model, x, { width, b }) => {
    const same = x.shape[0]! < 2 || b % 2 === 0
    model.layer('conv1d', [x], [x.shape[0]! - (same ? 0 : 1)], width, { padding: same ? 'same' : 'valid' })
  }),
  conv2d: on(3, (model, x, { width, b }) =>
    model.layer(one(['conv2d', 'separable', 'conv2d'], b), [x], lead(x), width, { padding: 'same' }),
  ),
  transposed: on(3, (model, x, { width }) =>
    model.layer('transposed', [x], [x.shape[0]! * 2, x.shape[1]! * 2], width, { strides: 2, padding: 'same' }),
  ),
  depthwise: on(3, (model, x, { b }) => {
    const depthMultiplier = 1 + (b % 2)
    const shape = [...lead(x), widthOf(x) * depthMultiplier]
    model.pass('depthwise', [x], shape, { depthMultiplier, padding: 'same' }, depthMultiplier === 1 ? x.owner : null)
  }),
  recurrent: on(2, (model, x, { width, a, b }) => {
    const of = one(['lstm', 'gru', 'simpleRNN'], a)
    const first = b % 3 === 0 ? states(model, width, of === 'lstm' ? 2 : 1, b) : []
    const sequences = b % 2 === 0
    const time = sequences ? [x.shape[0]!] : []
    const options = { of, returnSequences: sequences, returnState: b % 5 === 0, stateful: false }
    const made = model.layer('recurrent', [x, ...first], time, width, options)
    model.tie(made, ...first)
    if (!options.returnState) return
    for (let i = 1; i <= (of === 'lstm' ? 2 : 1); i++)
      model.values.push({ name: `${made.name}:${i}`, shape: [width], owner: made.owner })
  }),
  cells: on(2, (model, x, { width, b }) => model.layer('cells', [x], [], width, { lower: 2 + (b % 3) })),
  bidirectional: on(2, (model, x, { width, a, b }) => {
    const mergeMode = one(['concat', 'sum', 'mul', 'ave'], b)
    const time = a % 2 === 0 ? [x.shape[0]!] : []
    const options = { of: one(['gru', 'lstm', 'simpleRNN'], a), mergeMode, returnSequences: a % 2 === 0 }
    model.layer('bidirectional', [x], time, width, options, mergeMode === 'concat' ? 2 : 1)
  }),
  distributed: on(2, (model, x, { width }) => model.layer('distributed', [x], lead(x), width)),
  sameSize: onAny((model, x, { b }) => {
    const norms = ['batchNormalization', 'layerNormalization', 'prelu'] as const
    if (b % 4 < 3) model.pass(one(norms, b), [x], x.shape)
    else if (b % 8 < 4) model.pass('dropout', [x], x.shape, { rate: 0.2 })
    else model.pass('activation', [x], x.shape, { activation: 'relu' })
  }),
  pooling: (model: Growing, { a, b }: Parameters) => {
    const x = model.pick(3, a) ?? model.pick(2, a)
    if (!x || lead(x).some((size) => size < 2)) return
    const kind = `${one(['max', 'average'], b)}Pooling${x.shape.length - 1}d`
    model.pass(kind, [x], [...lead(x).map((size) => Math.floor(size / 2)), widthOf(x)])
  },
  resize: on(3, (model, x, { b }) => {
    const size = (n: number) => (b % 2 === 0 ? n * 2 : n + 2)
    if (x.shape[0]! <= 4)
      model.pass(b % 2 === 0 ? 'upSampling2d' : 'zeroPadding2d', [x], [...lead(x).map(size), widthOf(x)])
  }),
  globalPooling: (model: Growing, { a, b }: Parameters) => {
    const x = model.pick(3, a) ?? model.pick(2, a)
    if (x) model.pass(`global${one(['Average', 'Max'], b)}Pooling${x.shape.length - 1}d`, [x], [widthOf(x)])
  },
  flatten: (model: Growing, { a, b }: Parameters) => {
    const x = model.pick(2, a) ?? model.pick(3, a)
    if (!x) return
    const shape = [x.shape.reduce((product, size) => product * size, 1)]
    const ways = ['flatten', 'layer', 'flattenLiteral']
    const way = one(ways, b)
    if (way === 'layer') model.pass('flatten', [x], shape, {}, null)
    else model.code(way, [x], shape, { width: shape[0]! }, null)
  },
  merge: onAny((model, x, { a, b }) => {
    const y = model.like(x, b)
    const kind = one(['mergeAdd', 'mergeAverage', 'mergeMaximum', 'mergeMinimum', 'mergeMultiply'], a)
    model.pass(kind, [x, y], x.shape)
    model.tie(x, y)
  }),
  concatenate: onAny((model, x, { width, b }) => {
    const y = b % 2 === 0 ? model.like(x, b) : model.project(x, width)
    model.pass('concatenate', [x, y], [...lead(x), widthOf(x) + widthOf(y)], {}, null)
  }),
  dot: (model: Growing, { a, b }: Parameters) => {
    const x = model.pick(1 + (b % 2), a)
    if (!x) return
    const y = model.like(x, b)
    const axes = x.shape.length
    model.pass('dot', [x, y], axes === 1 ? [1] : [x.shape[0]!, y.shape[0]!], { axes }, null)
    model.tie(x, y)
  },
  reshape: (model: Growing, { a, b }: Parameters) => {
    const x = model.pick(1 + (b % 3), a)
    if (!x) return
    const numbers = x.shape.reduce((product, size) => product * size, 1)
    const first = x.shape.length === 3 ? x.shape[0]! * x.shape[1]! : ([2, 3].find((size) => numbers % size === 0) ?? 1)
    const shape = [first, numbers / first]
    const isKept = x.shape.length === 3
    // Which of the two sizes the source leaves to be found.
    const targetShape = one([shape, [-1, shape[1]!], [shape[0]!, -1]], a)
    model.pass('reshape', [x], shape, { targetShape }, isKept ? x.owner : null)
  },
  permute: on(2, (model, x, { width }) => {
    const turned = model.pass('permute', [x], [widthOf(x), x.shape[0]!], { dims: [2, 1] }, null)
    const mixed = model.layer('dense', [turned], lead(turned), width)
    model.pass('permute', [mixed], [width, widthOf(x)], { dims: [2, 1] }, x.owner)
  }),
  repeat: on(1, (model, x, { b }) => {
    const n = 2 + (b % 3)
    if (b % 2 === 0) model.pass('repeatVector', [x], [n, widthOf(x)], { n })
    else model.code('tile', [x], [n, widthOf(x)], { steps: n })
  }),
  shared: onAny((model, x, { a, width }) => {
    const y = model.like(x, a)
    const first = model.layer('dense', [x], lead(x), width, { activation: 'tanh' })
    model.pass('again', [y], first.shape, { layer: first.name }, first.owner)
    model.tie(x, y)
  }),
  tower: on(1, (model, x, { width, b }) => {
    const tower = model.pass('tower', [x], [width], { inputs: [widthOf(x)] }, null)
    model.widths[`${tower.name}_a`] = 2 + (b % 9)
    model.widths[`${tower.name}_b`] = width
    model.values[model.values.length - 1] = { ...tower, owner: `${tower.name}_b` }
  }),
  attentionLayer: on(2, (model, x, { a, b, width }) => {
    const heads = 1 + (b % 3)
    const inner = heads * Math.max(1, Math.floor(width / heads))
    const options = { heads, width: inner, size: one(['literal', 'shape', 'inferred'], a) }
    const made = model.pass('attention', [x], x.shape, options, null)
    const part = (name: string) => `${made.name}_${name}`
    for (const name of ['q', 'k', 'v']) model.widths[part(name)] = inner
    model.widths[part('o')] = widthOf(x)
    model.tieLayers(part('q'), part('k'), ...(heads > 1 ? [part('v')] : []))
    const output = { ...made, owner: part('o') }
    model.values[model.values.length - 1] = output
    if (b % 2 === 0) return
    model.pass('mergeAdd', [x, output], x.shape)
    model.tie(x, output)
  }),
  gate: on(1, (model, x, { width }) => {
    const made = model.layer('gate', [x], [], width)
    model.widths[`${made.name}_inner`] = width
    model.tieLayers(made.name, `${made.name}_inner`)
  }),
  residual: onAny((model, x, { width }) => {
    if (x.shape.length > 2) return
    const made = model.pass('residual', [x], x.shape)
    model.widths[`${made.name}_first`] = width
    model.widths[`${made.name}_second`] = widthOf(x)
    model.tieLayers(`${made.name}_second`, ...(x.owner === null ? [] : [x.owner]))
  }),
  codeOfTwo: onAny((model, x, { a, b }) => {
    const op = one(
      ['add', 'multiply', 'subtract', 'maximum', 'meanOfStack', 'concat', 'innerProduct', 'outer', 'stackSteps'],
      a,
    )
    if ((op === 'outer' || op === 'stackSteps') && x.shape.length !== 1) return
    const y = model.like(x, b)
    const w = widthOf(x)
    const shapes: Record<string, number[]> = {
      concat: [...lead(x), 2 * w],
      innerProduct: [...lead(x), 1],
      outer: [w * w],
      stackSteps: [2, w],
    }
    const isTied = op !== 'concat' && op !== 'outer'
    const isKept = isTied && op !== 'innerProduct'
    model.code(op, [x, y], shapes[op] ?? x.shape, {}, isKept ? x.owner : null)
    if (isTied) model.tie(x, y)
  }),
  codeOfOne: onAny((model, x, { a, b }) => {
    const w = widthOf(x)
    const same = ['tanh', 'softmax', 'scaleByWidth', 'scaleByList', 'noise', 'unitLength', 'standardise']
    const op = one([...same, 'gatedHalves', 'splitAt', 'first', 'gather', 'addOnes', 'pad'], a)
    if (op === 'gatedHalves' && w % 2 === 1) return
    const count = Math.max(1, w - 1 - (b % 2))
    const widths: Record<string, number> = { gatedHalves: w / 2, first: count, gather: 2, addOnes: w + 1, pad: w + 2 }
    const options = { width: w, at: 1, count, indices: [w - 1 - (b % 2) * (w > 2 ? 2 : 0), 0] }
    model.code(
      op,
      [x],
      [...lead(x), widths[op] ?? w],
      options,
      widths[op] === undefined && op !== 'splitAt' ? x.owner : null,
    )
  }),
  codeOfSteps: on(2, (model, x, { a }) => {
    const op = one(
      ['meanOfSteps', 'maxOfSteps', 'lastStep', 'sumOfSteps', 'transpose', 'foldSteps', 'foldStepsLiteral'],
      a,
    )
    const [steps, w] = [x.shape[0]!, widthOf(x)]
    const options = { width: w, steps }
    if (op === 'transpose') model.code(op, [x], [w, steps], {}, null)
    else model.code(op, [x], op.startsWith('fold') ? x.shape : [w], options)
  }),
  attentionCode: on(2, (model, x, { a, b, width }) => {
    const heads = 1 + (b % 2)
    const inner = heads * Math.max(1, Math.floor(width / heads))
    const [q, k, v] = [0, 1, 2].map(() => model.project(x, inner)) as [Value, Value, Value]
    const options = { heads, width: inner, size: one(['literal', 'shape', 'inferred'], a) }
    model.code('attention', [q, k, v], v.shape, options, v.owner)
    model.tie(q, k, ...(heads > 1 ? [v] : []))
  }),
}

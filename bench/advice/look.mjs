import { MODELS } from './models.mjs'
import { loadParts } from './parts.mjs'
import { Tracing } from './tracedModel.mjs'
import { wideNetwork } from './wide.mjs'
import * as tf from '@tensorflow/tfjs-node'
const name = process.argv[2],
  seed = Number(process.argv[3] ?? 1)
const parts = await loadParts()
const tracing = new Tracing(parts)
const description = { ...MODELS[name] }
const examples = Number(process.env.EXAMPLES ?? description.examples)
if (process.env.EPOCHS) description.epochs = Number(process.env.EPOCHS)
const split = description.data('/work/shared/data/cifar10', examples)
let t0 = performance.now()
const { network, seconds } = await wideNetwork(parts, tracing, {
  name,
  description,
  seed,
  split,
  folder: '/tmp/h15/b/wide',
})
console.log(
  name,
  'wide trained',
  seconds,
  'with moments',
  (performance.now() - t0) / 1000,
  'params',
  network.model.countParams(),
)
for (const g of network.recipe.groups)
  console.log(
    g.id,
    g.layers.join(),
    g.width,
    g.kept,
    network.recipe.consumers
      .filter((c) => c.group === g.id)
      .map((c) => c.id + (c.constant ? ' +' : ' 0'))
      .join(' | '),
  )
const wide = { decides: network.value(network.model, 'decides'), reports: network.value(network.model, 'reports') }
console.log('wide', wide)
const estimates = new parts.GroupEstimates(network.recipe, network.moments)
const fold = (g, w) => estimates.fold(g, w)
let n = 0,
  tf_ = 0,
  te = 0
const judge = {
  parameters: (w) => network.parameters(w),
  evaluate: (w) => {
    n++
    const a = performance.now()
    const weights = network.folded(w, fold)
    const b = performance.now()
    const r = network.narrowedValue(w, fold, 'decides')
    tf_ += b - a
    te += performance.now() - b - (b - a)
    return r
  },
}
const open = network.recipe.groups.filter((g) => estimates.reasonToKeep(g) === null)
t0 = performance.now()
const Ts = [0.5, 1, 2, 4]
let last = null
const starts = process.env.STARTS
  ? Array.from(
      { length: 8 },
      (_, k) => new Map(open.map((g) => [g.id, Math.max(2, estimates.widthOfShare(g, 1 - 0.001 * 2 ** k))])),
    )
  : []
for (const step of parts.narrowingPath(open, judge, starts)) {
  const drop = wide.decides.result - step.result
  while (Ts.length && drop > Ts[0]) {
    const T = Ts.shift()
    const cold = network.narrowedValue(last.widths, fold, 'reports')
    console.log(
      `T=${T} saved ${(100 - (100 * last.parameters) / network.model.countParams()).toFixed(0)} % cold ${(cold.result - wide.reports.result).toFixed(2)} n ${n} ${((performance.now() - t0) / 1000).toFixed(1)} s (fold ${(tf_ / 1000).toFixed(1)} eval ${(te / 1000).toFixed(1)})`,
      [...last.widths.values()].join('-'),
    )
  }
  if (!Ts.length) break
  last = step
}

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
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const timed = (what, f) => {
  const a = cpu(),
    w = performance.now()
  const r = f()
  console.log(what, (cpu() - a).toFixed(0), 'ms cpu', (performance.now() - w).toFixed(0), 'wall')
  return r
}
let widths = new Map()
for (const g of network.recipe.groups) {
  if (estimates.reasonToKeep(g) !== null) continue
  timed('order+est ' + g.id + g.width, () => estimates.fold(g, Math.round(g.width * 0.8)))
  timed('est ' + g.id, () => estimates.fold(g, Math.round(g.width * 0.64)))
  timed('est ' + g.id, () => estimates.fold(g, Math.round(g.width * 0.5)))
  widths = new Map(widths).set(g.id, Math.round(g.width * 0.64))
  timed('fold ' + g.id, () => network.folded(widths, fold))
  timed('eval again ', () => network.narrowedValue(widths, fold, 'decides'))
}
timed('eval wide', () => network.value(network.model, 'decides'))
timed('eval wide', () => network.value(network.model, 'decides'))
let Ts = [0.5, 1, 2, 4],
  last = null
t0 = performance.now()
let n = 0
for (let x = 0.002; x < 0.7 && Ts.length; x *= 1.3) {
  const w = new Map(
    network.recipe.groups
      .filter((g) => estimates.reasonToKeep(g) === null)
      .map((g) => [g.id, estimates.widthOfShare(g, 1 - x)]),
  )
  n++
  const r = network.narrowedValue(w, fold, 'decides')
  while (Ts.length && wide.decides.result - r.result > Ts[0]) {
    const T = Ts.shift()
    if (!last) continue
    const cold = network.narrowedValue(last, fold, 'reports')
    console.log(
      `share T=${T} saved ${(100 - (100 * network.parameters(last)) / network.model.countParams()).toFixed(0)} % cold ${(cold.result - wide.reports.result).toFixed(2)} n ${n} ${((performance.now() - t0) / 1000).toFixed(1)} s`,
      [...last.values()].join('-'),
      (1 - x / 1.3).toFixed(3),
    )
  }
  last = w
}

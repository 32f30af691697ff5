import { describe, expect, it } from 'vitest'
import { findTail, probedNetwork, withoutTail } from '../../src/comparison/contribution/tail.ts'
import { probeTable, tailWords } from '../../src/presentation/trials/probe.ts'
import { probePage } from '../../src/report/html/probePage.ts'
import type { Probed } from '../../src/protocol/trials/probe.ts'
import { probedOf } from '../presentation/probes.ts'
import { layer, measured, Recording } from '../webview/runs.ts'

/** A run whose layers have these saturations, of 100 features each. */
function network(saturations: number[], values: number[], more: Partial<Probed> = {}) {
  const layers = saturations.map((_, i) => layer(`layer_${i + 1}`, 100, { inbound: i > 0 ? [`layer_${i}`] : [] }))
  const run = new Recording().start(layers).saturation(
    100,
    layers.map((one, i) => measured(one, Math.round(100 * saturations[i]!))),
  )
  run.add({
    type: 'probe',
    ...probedOf(
      values.map((value, i) => ({ layer: `layer_${i + 1}`, value })),
      more,
    ),
  })
  return { state: run.state, probed: probedNetwork(run.state)! }
}

/** VGG16 on CIFAR-10 at 32 × 32, read off the authors' plots. */
const VGG16 = {
  saturation: [0.13, 0.33, 0.39, 0.61, 0.52, 0.56, 0.54, 0.17, 0.09, 0.08, 0.03, 0.03, 0.03, 0.01],
  probes: [0.38, 0.53, 0.68, 0.75, 0.81, 0.86, 0.893, 0.9, 0.9, 0.901, 0.9, 0.9, 0.9, 0.9],
}

describe('the tail', () => {
  it('of VGG16 begins at the eighth convolution', () => {
    const { probed } = network(VGG16.saturation, VGG16.probes)
    const found = findTail(probed)!
    expect(found).toMatchObject({ kind: 'tail', highest: 0.61 })
    expect(found.border.name).toBe('layer_7')
    expect(found.layers.map(({ name }) => name)).toEqual([8, 9, 10, 11, 12, 13, 14].map((i) => `layer_${i}`))
    expect(tailWords(probed)).toEqual([
      'Tail: layer_8 to layer_14 (7 layers). Probes no longer rise behind layer_7 (89.3 %; the network itself 96.0 %): no later one is better by 1 point and more than noise. Saturation is at most 17 % from layer_8 on, below 50 % of the largest saturation (61 %).',
    ])
    expect(probeTable(probed).rows[7]).toEqual(['layer_8', '100', '17 %', '90.0 %', '89.0–91.0 %', 'tail'])
  })

  it('is none where probes rise to the end, or saturation is not low', () => {
    expect(findTail(network([0.5, 0.1], [0.5, 0.6]).probed)).toMatchObject({ kind: 'rising', layers: [] })
    const plateau = network([0.5, 0.4], [0.9, 0.9]).probed
    expect(findTail(plateau)?.kind).toBe('plateau')
    expect(tailWords(plateau)[0]).toContain('does not stay below 50 % of the largest saturation (50 %)')
  })

  it('takes a gain within noise for none', () => {
    const noisy = [0.9, 0.92].map((value, i) => ({
      layer: `layer_${i + 1}`,
      value,
      chunks: Array.from({ length: 20 }, (_, chunk) => value + 0.15 * Math.sin(3 * chunk + 2 * i)),
    }))
    const { probed } = network([0.5, 0.1], [0.9, 0.92], { layers: probedOf(noisy).layers })
    expect(findTail(probed)?.kind).toBe('tail')
  })

  it('is not told where probes are missing or were cut off', () => {
    const cut = probedOf([0.9, 0.8].map((value, i) => ({ layer: `layer_${i + 1}`, value }))).layers
    const { probed } = network([0.5, 0.1], [0.9, 0.8], { layers: [cut[0]!, { ...cut[1]!, converged: false }] })
    expect(findTail(probed)?.kind).toBe('unknown')
    expect(tailWords(network([0.5, 0.1], [0.9, 0.9], { late: ['layer_3'] }).probed)[0]).toMatch(
      /^No tail can be told: in 8 s there was no converged probe of layer_3\./,
    )
  })

  it('is not looked for before all layers are probed', () => {
    const { probed } = network([0.5, 0.1], [0.9, 0.9], { done: false })
    expect(findTail(probed)).toBeNull()
    expect(tailWords(probed)).toEqual([])
  })

  it('is left out with what stands behind it alone', () => {
    const { state, probed } = network([0.5, 0.1, 0.1], [0.9, 0.9, 0.9])
    const behind = [
      layer('norm', 100, { kind: 'BatchNormalization', inbound: ['layer_3'] }),
      layer('relu', 100, { kind: 'Activation', inbound: ['norm'] }),
      layer('sum', 100, { kind: 'Add', inbound: ['layer_1', 'relu'] }),
      layer('out', 10, { isOutput: true, inbound: ['sum'] }),
    ].map((one) => ({ ...state.layers[0]!, ...one }))
    const overrides = withoutTail([...state.layers, ...behind], findTail(probed)!)
    expect(overrides.map((one) => one.layer)).toEqual(['layer_2', 'layer_3', 'norm', 'relu'])
    expect(overrides[0]).toEqual({ layer: 'layer_2', property: 'repeat', value: 0 })
    const twins = state.layers.map((one) => ({ ...one, name: 'same' }))
    expect(withoutTail(twins, findTail(probed)!)[0]?.layer).toBe('/home/ada/mnist/train.js:12:9')
  })
})

it('a page holds the chart, the table and the words, and names cannot break it', () => {
  const { probed } = network(VGG16.saturation, VGG16.probes)
  probed.layers[0]!.name = '<script>"x"</script>'
  const page = probePage('train.js', probed)
  expect(page).toContain('<svg')
  expect(page).toContain('Tail: layer_8')
  expect(page).not.toContain('<script>')
  expect(page.match(/<tr>/g)).toHaveLength(16)
})

import { expect, test as base } from '@playwright/test'
import type { Projected } from '../../src/protocol/trials/projection.ts'
import { probedOf } from '../presentation/probes.ts'
import { balanced, proofOf } from '../presentation/proofs.ts'
import { PanelPage } from './page.ts'
import { layer, measured, Recording, trained } from './runs.ts'

const test = base.extend<{ panel: PanelPage }>({
  panel: async ({ page }, use) => {
    const panel = new PanelPage(page)
    await use(panel)
    expect(panel.errors).toEqual([])
    expect(await panel.violations()).toEqual([])
  },
})
const conv = layer('conv2d_1', 16, { kind: 'Conv2D', widthProperty: 'filters' })
const flatten = layer('flatten', 1152, {
  kind: 'Flatten',
  widthProperty: null,
  notMeasured: 'it only reshapes its input',
})
const wide = layer('dense_wide', 128)
const out = layer('output', 10, { isOutput: true, activation: 'softmax' })
const three = [conv, flatten, wide, out]
/** Saturation of a layer at a step: one layer fills up, one stays underused, the output is nearly full. */
const shares = (of: { id: string }, step: number) =>
  ({ conv2d_1: 0.35 + 0.4 * (1 - Math.exp(-step / 90)), dense_wide: 0.05 + 0.08 * (1 - Math.exp(-step / 60)) })[
    of.id
  ] ?? 0.9

const PROJECTED: Projected = {
  ...{ model: 'sequential_1', metric: 'val_acc', better: 'higher', isShare: true, source: 'validation' },
  examples: { deciding: 500, reporting: 500, moments: 2000 },
  tolerance: 0.005,
  plain: { metric: 0.987, loss: 0.1 },
  curves: (['eigenspace', 'uncentred', 'random'] as const).map((basis, i) => ({
    layer: null,
    basis,
    features: 144,
    points: [
      1, 0.9999, 0.9995, 0.999, 0.998, 0.996, 0.994, 0.992, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9,
    ].map((delta, at) => ({
      delta,
      dimensions: 144 - 8 * at,
      metric: 0.987 - [0.0002, 0.0004, 0.0029][i]! * at ** 2,
      loss: 0.1,
      interval: [-0.02, 0.01] as [number, number],
      within: at < 5,
    })),
    smallest: 0.998,
  })),
  notes: ['dense_wide was projected behind its activation.'],
  seconds: 2,
  done: true,
}

const sizes = { 320: { width: 320, height: 900 }, 900: { width: 900, height: 700 } } as const

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`three layers in training, ${theme}`, async ({ panel }) => {
    for (const width of [320, 900] as const) {
      const run = trained(three, 540, shares)
      run.saturation(540, [measured(conv, 9, { split: 'eval' }), measured(wide, 22, { split: 'eval' })])
      await panel.open(theme, sizes[width])
      await panel.show(run.state)
      const rows = panel.page.locator('.layers .row')
      await expect(rows).toHaveCount(3)
      await expect(rows.nth(1)).toContainText('dense_wide')
      await expect(rows.nth(1)).toContainText('13 %')
      await expect(rows.nth(1)).toContainText('17/128')
      await expect(rows.nth(1)).toContainText('underused')
      await expect(panel.page.locator('.facts')).toContainText(
        'monitoring 1 % of training time, measuring up to 2 of 8 observations per dimension, each layer in 1 of 2.5 steps',
      )
      await rows.nth(1).click()
      await expect(panel.page.locator('.details:visible')).toContainText('About 44 of 128 used: ')
      await panel.picture(`${theme}-${width}`)
      // Even in a narrow side bar the page must not scroll horizontally.
      expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }
  })
}

for (const theme of ['dark', 'light'] as const) {
  test(`a layer too wide for its covariance is an estimate, ${theme}`, async ({ panel }) => {
    const huge = layer('flattened', 16_384)
    const run = trained(three, 120, shares)
    const spectrum = { head: [1], tail: [{ count: 16_383, sum: 1 }] }
    const sketched = measured(huge, 14_780, { observations: 200_000, bounds: { low: 6_012, high: 15_501 }, spectrum })
    run.add({ type: 'model', layers: [conv, huge, wide, out] }).saturation(120, [sketched])
    await panel.open(theme, sizes[320])
    await panel.show(run.state)
    const row = panel.page.locator('.layers .row').nth(1)
    await expect(row).toContainText('≈ 90 %')
    await expect(row).toContainText('≈ 14,780/16,384')
    await row.click()
    await expect(panel.page.locator('.details:visible')).toContainText('lies between 6012 and 15501.')
    await panel.picture(`sketch-${theme}`)
    expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })
}

for (const theme of ['dark', 'light', 'contrast'] as const) {
  test(`narrower networks and projections, ${theme}`, async ({ panel }) => {
    for (const width of [320, 900] as const) {
      const run = trained(three, 540, shares)
      const plans = [
        balanced({ conv2d_1: 12 }, { tolerance: 'lossless', parameters: 11_000, value: 0.988 }),
        balanced({ conv2d_1: 9, dense_wide: 17 }, { parameters: 4_100 }),
        balanced({ conv2d_1: 6, dense_wide: 9 }, { tolerance: 'smallest', parameters: 1_900, value: 0.974 }),
      ]
      const groups = [
        { layers: ['conv2d_1'], width: 16, kept: null, curve: [] },
        { layers: ['dense_wide'], width: 128, kept: null, curve: [] },
        { layers: ['output'], width: 10, kept: 'no weight takes its units', curve: [] },
      ]
      run.add({ type: 'proof', ...proofOf([], plans, { groups }) })
      await panel.open(theme, sizes[width])
      await panel.show(run.state)
      const wideRow = panel.page.locator('.layers .row').nth(1)
      await expect(wideRow).toContainText('17 of 128 units keep val_acc 98.6 % (−0.1)')
      const table = panel.page.getByRole('table', { name: 'Narrower networks that keep what was learned' })
      await expect(table.getByRole('columnheader')).toHaveText(['now', 'lossless', 'balanced', 'smallest'])
      await expect(table.getByRole('row', { name: /^dense_wide/ }).getByRole('cell')).toHaveText([
        '128',
        '128',
        '17',
        '9',
      ])
      await expect(panel.page.locator('.trials')).toContainText('output is kept wide: no weight takes its units.')
      const projections = panel.page.getByRole('img', {
        name: /^Projected onto eigenspaces\. All layers together keep/,
      })
      await expect(projections).toBeHidden()

      run.take()
      run.add({ type: 'projection', ...PROJECTED })
      await panel.send({ type: 'events', events: run.take() })
      await expect(projections).toBeVisible()
      await panel.page.locator('.trials').getByText('Data table').filter({ visible: true }).click()
      const figures = panel.page.getByRole('table', { name: 'Projected onto eigenspaces' })
      await expect(figures.getByRole('row', { name: /^0\.99 / })).toContainText('97.4 %')
      await panel.page.locator('.trials').getByText('Data table').filter({ visible: true }).click()
      await wideRow.click()
      await expect(panel.page.locator('.details:visible')).toContainText('without further training')
      await panel.picture(`proof-${theme}-${width}`)
      expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }
  })
}

for (const theme of ['dark', 'light', 'contrast'] as const) {
  for (const width of [320, 900] as const) {
    test(`probes beside saturation, ${theme}, ${width} px`, async ({ panel }) => {
      const many = Array.from({ length: 8 }, (_, i) =>
        layer(`dense_${i + 1}`, 100, { inbound: i > 0 ? [`dense_${i}`] : [] }),
      )
      const accuracies = [0.81, 0.9, 0.94, 0.957, 0.958, 0.957, 0.959, 0.958]
      const run = trained(
        [...many, out],
        20,
        ({ id }) => [0.78, 0.7, 0.61, 0.5, 0.31, 0.2, 0.12, 0.1][Number(id.slice(6)) - 1] ?? 0.9,
      )
      const probe = probedOf(accuracies.map((value, i) => ({ layer: `dense_${i + 1}`, value })))
      run.add({
        type: 'probe',
        ...probe,
        layers: probe.layers.slice(0, 3),
        done: false,
        running: { name: 'dense_4', done: 3, of: 8, secondsLeft: 12 },
      })
      await panel.open(theme, sizes[width])
      await panel.show(run.state)
      const probes = panel.page.locator('.trial', { hasText: 'Probes over saturation' })
      await expect(probes).toContainText('Probing dense_4, 3 of 8 layers done, 12 s left')
      run.take()
      run.add({ type: 'probe', ...probe })
      run.add({ type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: 'The script ended.' })
      await panel.send({ type: 'events', events: run.take() })
      await expect(probes).toContainText(
        'Tail: dense_5 to dense_8 (4 layers). Probes no longer rise behind dense_4 (95.7 %',
      )
      await probes.getByText('Data table').click()
      const row = panel.page
        .getByRole('table', { name: 'Probes over saturation' })
        .getByRole('row', { name: /^dense_5 / })
      await expect(row).toContainText('95.8 %')
      await expect(row).toContainText('tail')
      await probes.getByText('Data table').click()
      await panel.picture(`probes-${theme}-${width}`)
      expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await panel.page.getByRole('button', { name: 'Remove Tail' }).click()
      expect((await panel.posted()).at(-1)).toEqual({ type: 'act', action: 'remove tail', layers: [], width: null })
    })
  }
}

test('a proof of 200 layers: its table and its sentences scroll', async ({ panel }) => {
  const many = Array.from({ length: 200 }, (_, i) => layer(`dense_${i + 1}`, 128))
  const run = trained(many, 20, () => 0.1)
  const groups = many.map(({ id }, i) => ({
    layers: [id],
    width: 128,
    kept: i % 2 ? 'its units are added to those of another layer' : null,
    curve: [],
  }))
  const widths = Object.fromEntries(many.filter((_, i) => i % 2 === 0).map(({ id }) => [id, 24]))
  run.add({ type: 'proof', ...proofOf([], [balanced(widths)], { groups, phase: 'running' }) })
  await panel.open('dark', sizes[320])
  await panel.show(run.state)
  const proof = panel.page.locator('.trial', { hasText: 'Narrower networks' })
  for (const part of ['.scroller', 'ul']) {
    const box = await proof.locator(part).boundingBox()
    expect(box?.height).toBeLessThan(300)
  }
  await expect(proof).toContainText('More is being tried: 20 networks tried')
  await panel.picture('proof-200-layers')
  expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
})

test('a run with the weights of an earlier one says that nothing is trained', async ({ panel }) => {
  const run = new Recording()
  const attached = { pid: 1, delta: 0.99, versions: {}, backend: 'tensorflow', trains: false }
  run.add({ type: 'attached', ...attached }).add({ type: 'inherited', from: 'the run of 12:03', layers: [] })
  await panel.open()
  await panel.show(run.state)
  await expect(panel.page.locator('.phase')).toHaveText('No training: weights of the run of 12:03')
  await expect(panel.page.locator('.by-layer .note').first()).toHaveText('No training: weights of the run of 12:03')
})

for (const theme of ['dark', 'light', 'contrast'] as const) {
  for (const width of [320, 900] as const) {
    test(`a run after a change, beside the run before, ${theme}, ${width} px`, async ({ panel }) => {
      const run = trained(three, 540, shares)
      const groups = [
        { layers: ['conv2d_1'], width: 16, kept: null, curve: [] },
        { layers: ['dense_wide'], width: 128, kept: null, curve: [] },
      ]
      const plans = [balanced({ conv2d_1: 9, dense_wide: 17 }, { parameters: 4_100 })]
      run.add({ type: 'proof', ...proofOf([], plans, { groups }) })
      run.add({ type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: 'Training completed.' })
      await panel.open(theme, sizes[width])
      await panel.show(run.state)
      const table = {
        head: ['network', 'val_acc', 'difference', 'parameters', 'saved', 'FLOPs', 'per step'],
        rows: [
          ['before', '98.6 %', '', '256,458', '', '2.11 M', '2.2 ms'],
          ['after', '98.5 %', '−0.1', '96,210', '62 %', '631 k', '1.4 ms'],
        ],
      }
      const sentences = ['One run against one run proves little: the next training may differ as much by chance.']
      const comparison = { table, sentences, repeatable: true, hasOtherMetrics: true }
      await panel.send({ type: 'editor', editor: { stale: [], ignored: [], comparison } })
      const compared = panel.page.locator('.compared')
      await expect(compared.getByRole('row', { name: /^after/ })).toContainText('62 %')
      await compared.getByRole('button', { name: 'Choose Metric…' }).click()
      expect(await panel.posted()).toContainEqual({ type: 'act', action: 'metric', layers: [], width: null })
      await expect(panel.page.locator('.suggestion')).toContainText('2 layers can be narrower')
      await panel.page.locator('.layers .row').nth(1).click()
      await panel.picture(`acting-${theme}-${width}`)
      expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)

      await panel.send({ type: 'editor', editor: { stale: ['dense_wide'], ignored: [], comparison } })
      await expect(panel.page.locator('.suggestion')).toContainText('The code of dense_wide was edited since this run.')
    })
  }
}

test('bars, header and charts follow events', async ({ panel }) => {
  const run = trained(three, 20, shares)
  await panel.open()
  await panel.show(run.state)
  const percent = panel.page.locator('.layers .row').nth(1).locator('.percent')
  await expect(percent).toHaveText('7 %')
  const before = await panel.page.locator('canvas:visible').first().screenshot()

  run.take()
  run.step(250, 0.31).saturation(250, [measured(wide, 64)])
  await panel.send({ type: 'events', events: run.take() })
  await expect(percent).toHaveText('50 %')
  await expect(panel.page.locator('.phase')).toHaveText('Training · epoch 3/12 · step 250')
  await expect(panel.page.locator('.facts')).toContainText('20 %')
  await expect
    .poll(async () => (await panel.page.locator('canvas:visible').first().screenshot()).equals(before))
    .toBe(false)

  run.add({ type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: 'The script ended.' })
  await panel.send({ type: 'events', events: run.take() })
  await expect(panel.page.locator('.phase')).toContainText('Finished')
  await expect(panel.page.getByRole('button', { name: 'Run again' })).toBeVisible()
  await expect(panel.page.getByRole('button', { name: 'Stop' })).toBeHidden()
})

test('a repeated event changes nothing', async ({ panel }) => {
  const run = new Recording().start(three).step(1, 2.3)
  const problem = run
    .add({ type: 'problem', layer: null, message: 'Disk is full.', advice: 'Free some space.' })
    .take()
    .at(-1)
  await panel.open()
  await panel.show(run.state)
  if (problem) await panel.send({ type: 'events', events: [problem] })
  await expect(panel.page.locator('.problems li')).toHaveText(/Disk is full\.(?! \()/)
})

test('a click opens a layer, arrow keys move in the list, Stop and the other buttons send messages to the extension', async ({
  panel,
}) => {
  await panel.open()
  await panel.show(trained(three, 30, shares).state)
  await panel.page.locator('.layers .row').first().click()
  await panel.page.keyboard.press('ArrowDown')
  await panel.page.keyboard.press('Enter')
  await expect(panel.page.locator('.layers .row').nth(1)).toHaveAttribute('aria-current', 'true')
  await panel.page.getByText('1 layer not measured').click()
  await panel.page.getByRole('button', { name: /flatten/ }).click()
  const others = panel.page.locator('.others')
  await expect(others).toBeHidden()
  await panel.send({ type: 'others', training: 1 })
  await expect(others).toHaveText('1 more run trains')
  await others.click()
  await panel.page.getByRole('button', { name: 'Stop' }).click()
  await expect(panel.page.getByRole('button', { name: 'Stopping' })).toBeDisabled()
  expect(await panel.posted()).toEqual([
    { type: 'ready' },
    { type: 'open layer', layer: 'conv2d_1' },
    { type: 'open layer', layer: 'dense_wide' },
    { type: 'open layer', layer: 'flatten' },
    { type: 'choose run' },
    { type: 'stop' },
  ])
})

test('200 layers: reveal scrolls to one layer, and updates still arrive', async ({ panel }) => {
  const many = Array.from({ length: 200 }, (_, i) =>
    layer(`block${Math.floor(i / 4) + 1}_conv${(i % 4) + 1}`, 64 + 64 * (i >> 5), {
      kind: 'Conv2D',
      widthProperty: 'filters',
      isOutput: i === 199,
    }),
  )
  const run = trained(
    many,
    600,
    (_, step, i) => 0.1 + 0.75 * Math.exp(-i / 70) * (1 - Math.exp(-step / 80)) + 0.03 * Math.sin(i * 7 + step / 40),
  )
  for (const width of [320, 900] as const) {
    await panel.open('dark', sizes[width])
    await panel.show(run.state)
    await panel.send({ type: 'reveal', layer: 'block40_conv2' })
    const row = panel.page.getByRole('button', { name: /^block40_conv2,/ })
    await expect(row).toBeInViewport()
    await expect(row).toHaveAttribute('aria-current', 'true')
    await expect(row).toBeFocused()
    await panel.picture(`200-layers-${width}`)
  }
  run.take()
  run.step(610, 0.2).saturation(
    610,
    many.map((one) => measured(one, 5)),
  )
  await panel.send({ type: 'events', events: run.take() })
  await expect(panel.page.getByRole('button', { name: /^block40_conv2,/ })).toContainText('5/320')
})

test('one layer holds NaN: it is named, the other layers are still measured', async ({ panel }) => {
  const run = trained(three, 120, shares)
  run
    .step(121, null)
    .saturation(121, [
      measured(wide, 0, { status: 'nonFinite', trace: null, rejected: 4096, spectrum: { head: [], tail: [] } }),
    ])
  const problem = {
    layer: 'dense_wide',
    message: 'Output of dense_wide holds NaN since step 121.',
    advice: 'Lower the learning rate or clip gradients.',
  }
  run.add({ type: 'problem', ...problem }).add({ type: 'problem', ...problem })
  await panel.open()
  await panel.show(run.state)
  await expect(panel.page.locator('.phase')).toContainText('1 of 3 layers with NaN or infinity')
  await expect(panel.page.locator('.problems')).toContainText(
    'Output of dense_wide holds NaN since step 121. (2 times)',
  )
  await expect(panel.page.locator('.layers .row').nth(1)).toContainText('NaN or infinity')
  await panel.page.getByRole('button', { name: 'Show dense_wide' }).click()
  expect((await panel.posted()).at(-1)).toEqual({ type: 'open layer', layer: 'dense_wide' })
  await panel.picture('nan-layer')
})

test('no run, a run that has not begun, and one that failed', async ({ panel }) => {
  await panel.open('light')
  await panel.show(null)
  await panel.picture('empty')
  await panel.page.getByRole('button', { name: 'Run current file' }).click()
  expect(await panel.posted()).toEqual([{ type: 'ready' }, { type: 'run' }])

  const run = new Recording().start([])
  await panel.show(run.state)
  await expect(panel.page.locator('.phase')).toHaveText('Starting')
  await expect(panel.page.locator('.note')).toContainText('Waiting')
  await panel.picture('starting')

  const message = "Error: Cannot find module '@tensorflow/tfjs-node'"
  run.add({
    type: 'problem',
    layer: null,
    message: 'TensorFlow.js is not installed.',
    advice: 'Run `npm install @tensorflow/tfjs-node` in /home/ada/mnist.',
  })
  run.add({ type: 'run ended', how: 'failed', exitCode: 1, signal: null, message })
  await panel.show(run.state)
  await expect(panel.page.locator('.phase')).toContainText(`Failed: ${message}`)
  await panel.picture('failed')
})

test('provisional, warming up, dead, crowded and settling are shown in words', async ({ panel }) => {
  const names = [
    'provisional',
    'warming',
    'dead',
    'crowded',
    'settling',
    'a_layer_with_quite_a_long_name_from_some_generator',
  ]
  const layers = names.map((name) => layer(name, 128, { kind: 'SeparableConv2D' }))
  const [provisional, , dead, crowded, settling, long] = layers
  if (!provisional || !dead || !crowded || !settling || !long) throw new Error('six layers are needed')
  const run = new Recording().start(layers).step(1, 2.3)
  for (const step of [100, 200, 300]) {
    const all = [
      measured(provisional, 70, { observations: 500 }),
      measured(dead, 0, { status: 'constant', trace: 0 }),
      measured(crowded, 126),
      measured(settling, step / 20),
      measured(long, 64),
    ]
    run.saturation(step, all, true)
  }
  await panel.open('dark')
  await panel.show(run.state)
  for (const word of ['provisional', 'warming up', 'dead', 'crowded', 'settling', 'healthy']) {
    await expect(panel.page.locator('.verdict', { hasText: word })).toBeVisible()
  }
  await panel.picture('verdicts')
})

test('charts have a description and a data table, and follow the theme', async ({ panel }) => {
  await panel.open('dark')
  await panel.show(trained(three, 200, shares).state)
  const saturation = panel.page.getByRole('img', { name: /^Saturation over steps\./ })
  await expect(saturation).toHaveAttribute('aria-label', /Latest at step 200: conv2d_1 69 %, dense_wide 13 %/)
  const tables = panel.page.getByText('Data table').filter({ visible: true })
  await tables.first().click()
  const table = panel.page.getByRole('table', { name: 'Saturation over steps' })
  await expect(table.getByRole('row', { name: /dense_wide/ })).toContainText('13 %')
  await tables.nth(1).click()
  await expect(panel.page.getByRole('table', { name: 'Loss' }).getByRole('columnheader')).toHaveText([
    'Step',
    'loss',
    'val_loss',
  ])

  const before = await saturation.screenshot()
  await panel.applyTheme('light')
  await expect.poll(async () => (await saturation.screenshot()).equals(before)).toBe(false)
  await panel.picture('tables')
})

test('the selection is restored when the page is loaded again', async ({ panel }) => {
  await panel.open('dark', sizes[320], { selected: 'dense_wide' })
  await panel.show(trained(three, 30, shares).state)
  await expect(panel.page.locator('.layers .row').nth(1)).toHaveAttribute('aria-current', 'true')
})

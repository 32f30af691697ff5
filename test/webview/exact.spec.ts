import { expect, test as base } from '@playwright/test'
import type { Exact } from '../../src/protocol/trials/exact.ts'
import { PanelPage } from './page.ts'
import { layer, trained } from './runs.ts'

const test = base.extend<{ panel: PanelPage }>({
  panel: async ({ page }, use) => {
    const panel = new PanelPage(page)
    await use(panel)
    expect(panel.errors).toEqual([])
    expect(await panel.violations()).toEqual([])
  },
})

const convs = Array.from({ length: 6 }, (_, i) =>
  layer(`conv${i + 1}`, 64, { kind: 'Conv2D', widthProperty: 'filters', inbound: i > 0 ? [`conv${i}`] : [] }),
)
const saturations = [0.5, 0.9, 0.92, 0.95, 0.8, 0.6]
const exactOf = (names: readonly string[]): Exact => ({
  ...{ model: 'sequential_1', source: 'training', examples: 2000, given: 2000, delta: 0.99 },
  layers: names.map((name, i) => ({
    ...{ layer: name, name, width: 64, observations: 512_000, blocks: 40, replicates: 200 },
    k: Math.round(64 * (saturations[i]! - 0.04 * i)),
    band: { low: Math.round(64 * (saturations[i]! - 0.04 * i)) - 2, high: Math.round(64 * saturations[i]!) },
  })),
  notes: ['The exact covariance is of passes in inference mode, the online one of training steps.'],
  seconds: 4,
})

for (const theme of ['dark', 'light', 'contrast'] as const) {
  for (const size of [
    { width: 320, height: 900 },
    { width: 900, height: 700 },
  ]) {
    test(`the online covariance beside the exact one, ${theme}, ${size.width} px`, async ({ panel }) => {
      const run = trained([...convs], 20, ({ id }) => saturations[Number(id.slice(4)) - 1]!)
      run.add({ type: 'exact', ...exactOf(convs.map(({ id }) => id)) })
      run.add({ type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: 'The script ended.' })
      await panel.open(theme, size)
      await panel.show(run.state)
      await expect(panel.page.getByRole('heading', { name: 'Saturation online and exact' })).toBeVisible()
      const table = panel.page.getByRole('table', { name: 'Online covariance against the exact one' })
      await expect(table.getByRole('row', { name: /^conv6 38\/64 26 \(24 to 38\) \+12 \(0 to \+14\) / })).toBeVisible()
      const trial = panel.page.locator('.trial', { hasText: 'Online covariance against the exact one' })
      await expect(trial).toContainText(
        /is off by [\d.]+ points on average over 6 layers, by 18\.8 points at most \(conv6\)/,
      )
      await expect(trial).toContainText('95 % basic bootstrap intervals from 200 draws of 40 blocks')
      await panel.picture(`exact-${theme}-${size.width}`)
      // A table that is wider than the panel scrolls by itself.
      expect(await panel.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    })
  }
}

test('one compared layer has a table and no curve', async ({ panel }) => {
  const run = trained([...convs], 20, ({ id }) => saturations[Number(id.slice(4)) - 1]!)
  run.add({ type: 'exact', ...exactOf(['conv1']) })
  await panel.open('dark', { width: 320, height: 900 })
  await panel.show(run.state)
  await expect(panel.page.getByRole('heading', { name: 'Saturation online and exact' })).toBeHidden()
  await expect(panel.page.locator('.trial', { hasText: 'exact one' })).toContainText('conv1 is off by 0.0 points')
})

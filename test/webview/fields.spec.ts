import { expect, test } from '@playwright/test'
import type { Layer } from '../../src/protocol/layer.ts'
import { PanelPage } from './page.ts'
import { layer, trained } from './runs.ts'

/** A chain of convolutions and poolings with a dense layer behind it, as a run describes it. */
function convolutional(convolutions: number, input: number): Layer[] {
  const layers: Layer[] = []
  let size = input
  const add = (id: string, kind: string, positions: Layer['positions'], width: number, shape: (number | null)[]) =>
    layers.push(
      layer(id, width, {
        kind,
        positions,
        outputShape: shape,
        inbound: layers.slice(-1).map((one) => one.id),
        notMeasured: kind === 'MaxPooling2D' || kind === 'Flatten' ? 'it has no weights' : null,
        ...(layers.length === 0 ? { input: [input, input] } : {}),
      }),
    )
  for (let n = 1; n <= convolutions; n++) {
    const own = { kernel: [3, 3], strides: [1, 1], dilation: [1, 1], padding: 'same' as const }
    add(`conv${n}`, 'Conv2D', own, 16, [null, size, size, 16])
    if (n % Math.ceil(convolutions / 4) !== 0) continue
    size = Math.ceil(size / 2)
    const pool = { kernel: [2, 2], strides: [2, 2], dilation: [1, 1], padding: 'same' as const }
    add(`pool${n}`, 'MaxPooling2D', pool, 16, [null, size, size, 16])
  }
  add('flatten', 'Flatten', 'all', 16 * size * size, [null, 16 * size * size])
  add('dense', 'Dense', 'all', 10, [null, 10])
  return layers
}

for (const theme of ['dark', 'light', 'contrast'] as const) {
  for (const [convolutions, width] of [
    [3, 320],
    [48, 320],
    [48, 900],
  ] as const) {
    test(`receptive fields of ${convolutions} convolutions, ${theme}, ${width} px`, async ({ page }) => {
      const panel = new PanelPage(page)
      const layers = convolutional(convolutions, 32)
      await panel.open(theme, { width, height: 900 })
      await panel.show(trained(layers, 200, () => 0.5).state)
      const strip = page.locator('.field-strip')
      // Four poolings stand among them; three convolutions have three. What takes all positions has no bar.
      await expect(strip.locator('.field')).toHaveCount(convolutions + (convolutions === 3 ? 3 : 4))
      await expect(strip.locator('.field').first()).toHaveAttribute('title', /Receptive field 3 of an input of 32 × 32/)
      await expect(strip.locator('.remark')).toContainText(
        convolutions === 3
          ? 'The layers suit inputs of'
          : 'more are predicted to add little: what they take has seen the whole input. The border is conv',
      )
      await strip.locator('summary').click()
      await expect(strip.locator('tbody tr').first()).toContainText('conv1332 × 32')
      await panel.picture(`fields-${convolutions}-${theme}-${width}`)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(panel.errors).toEqual([])
      expect(await panel.violations()).toEqual([])
      await strip.locator('summary').click()
      await strip.locator('.field').nth(1).click()
      expect(await panel.posted()).toContainEqual({ type: 'open layer', layer: layers[1]!.id })
    })
  }
}

import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'

test('a run from the palette with arguments: terminal, panel, status bar, lenses, and navigation between them', async ({
  start,
  site,
}) => {
  // It trains, and then tries narrower networks.
  test.setTimeout(600_000)
  // The example's widest layer is not far below the usual threshold, and must not be flagged by luck.
  const workbench = await start('train.js', { settings: { 'saturation.underusedBelow': 40 } })
  const { page, panel } = workbench
  await workbench.openFile('train.js')
  await workbench.command('Saturation: Run with Saturation and Arguments…')
  await expect(page.locator('.quick-input-title')).toContainText('Run train.js with Saturation')
  await page.keyboard.type('6')
  await page.keyboard.press('Enter')

  // All of this is awaited at the same time, because a fast machine finishes soon.
  const sentences = new Set<string>()
  await Promise.all([
    expect(workbench.terminal).toContainText(/Epoch \d \/ 6/),
    expect(panel.locator('.phase')).toContainText(/epoch \d\/6/),
    expect(panel.getByRole('progressbar')).toBeVisible(),
    expect(panel.locator('.facts')).toContainText(/\d+ s left/),
    expect(panel.locator('.facts')).toContainText(/monitoring [\d.]+ % of training time/),
    expect(workbench.statusItem).toContainText(/Epoch \d\/6 · \d+ %/),
    expect(workbench.lens('Stop')).toBeVisible(),
    expect(workbench.lens(/^Epoch \d\/6 · \d+ %$/i)).toBeVisible(),
    // The bars move: a row's accessible name says what its bar shows.
    expect
      .poll(async () => sentences.add((await workbench.row('conv3').getAttribute('aria-label')) ?? '').size, {
        // The whole example has to finish within this time.
        timeout: 120_000,
      })
      .toBeGreaterThan(2),
  ])

  await workbench.openFile('model.js')
  await expect(workbench.lens(/^\d+ % saturated · \d+ of 32 dimensions$/)).toBeVisible()

  // A click on a bar opens the layer's line.
  await workbench.row('conv2').click()
  const line = (text: string) =>
    site
      .read('model.js')
      .split('\n')
      .findIndex((row) => row.includes(text)) + 1
  await expect(workbench.position).toContainText(`Ln ${line("name: 'conv2'")},`)

  await workbench.ended('Finished')
  await expect(workbench.statusItem).toContainText('Finished')
  await expect(workbench.terminal).toContainText('test accuracy')
  // Where the budget was not spent, the width is proven at the end; else it is an estimate.
  const flagged = workbench.lens(
    /saturated · \d+ of 320 dimensions · (about \d+ of 320 used$|\d+ of 320 units keep val_acc)/,
  )
  await expect(flagged).toBeVisible()
  const reason = /hold 99 % of the variance[^]*(an estimate that only a training proves|without further training)/
  await expect(flagged).toHaveAttribute('title', reason)
  await expect(workbench.row('hidden2')).toContainText(/underused|units keep val_acc/)

  // A click on a lens selects the layer's bar.
  await flagged.click()
  await expect(workbench.row('hidden2')).toHaveAttribute('aria-current', 'true')
  await expect(panel.locator('.details:visible')).toContainText(/About \d+ of 320 used|\d+ of 320 units keep val_acc/)

  // The loss falls.
  const losses = panel.locator('.chart', { hasText: 'Loss' }).first()
  await losses.getByText('Data table').click()
  const rows = losses.locator('tbody tr')
  const loss = async (row: number) => Number(await rows.nth(row).locator('td').first().innerText())
  expect(await loss((await rows.count()) - 1)).toBeLessThan((await loss(0)) / 2)
  await workbench.picture('finished')

  // The arguments are remembered.
  await workbench.openFile('train.js')
  await workbench.command('Saturation: Run with Saturation and Arguments…')
  await expect(page.locator('.quick-input-widget input').first()).toHaveValue('6')
  await page.keyboard.press('Escape')

  // The run has left its weights, on which narrower networks are tried without a training.
  await workbench.command('Saturation: Prove Widths')
  await page
    .locator('.quick-input-list')
    .getByText(/With the weights of the run of/)
    .click()
  const proof = panel.locator('.trial', { hasText: 'Narrower networks that keep what was learned' })
  await expect(proof.getByRole('columnheader', { name: 'balanced' })).toBeVisible({ timeout: 120_000 })
  await expect(proof).toContainText('Measured without further training')
  await workbench.openFile('model.js')
  await expect(workbench.lens(/\d+ of 320 units keep val_acc [\d.]+ % \(/)).toBeVisible()
  await workbench.ended('Finished')
  await workbench.picture('proven')
})

import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'

// The second test acts on what the first has trained, so that only the trainings of its own changes are added.
test.describe.configure({ mode: 'serial' })

/** Epochs of each training. The widths of layers are proven after them, whether or not their estimates have settled. */
const EPOCHS = 12

test('a run from the palette with arguments: terminal, panel, status bar, lenses, and navigation between them', async ({
  workbench,
  site,
}) => {
  const { page, panel } = workbench
  await workbench.openFile('train.js')
  await workbench.runWithArguments(String(EPOCHS))

  // All of this is awaited at the same time, because a fast machine finishes soon.
  const sentences = new Set<string>()
  await Promise.all([
    expect(workbench.terminal).toContainText(/Epoch \d+ \/ 12/),
    expect(panel.locator('.phase')).toContainText(/epoch \d+\/12/),
    expect(panel.getByRole('progressbar')).toBeVisible(),
    expect(panel.locator('.facts')).toContainText(/\d+ s left/),
    expect(panel.locator('.facts')).toContainText(/monitoring [\d.]+ % of training time/),
    expect(workbench.statusItem).toContainText(/Epoch \d+\/12 · \d+ %/),
    expect(workbench.lens('Stop')).toBeVisible(),
    expect(workbench.lens(/^Epoch \d+\/12 · \d+ %$/i)).toBeVisible(),
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
  await expect(page.locator('.quick-input-widget input').first()).toHaveValue(String(EPOCHS))
  await page.keyboard.press('Escape')
})

test('from a number to a changed model: prove, try, use, run again, before and after', async ({ workbench, site }) => {
  const { page, panel } = workbench
  // The run has left its weights, on which narrower networks are tried without a training.
  await workbench.openFile('train.js')
  await workbench.command('Saturation: Prove Widths')
  await page
    .locator('.quick-input-list')
    .getByText(/With the weights of the run of/)
    .click()
  const proof = panel.locator('.trial', { hasText: 'Narrower networks that keep what was learned' })
  await expect(proof.getByRole('columnheader', { name: 'balanced' })).toBeVisible({ timeout: 120_000 })
  await expect(proof).toContainText('Measured without further training')
  await workbench.ended('Finished')
  await workbench.openFile('model.js')
  const flagged = workbench.lens(
    /saturated in the run of .* · \d+ of 320 dimensions · \d+ of 320 units keep val_acc [\d.]+ % \(/,
  )
  await expect(flagged).toBeVisible()
  await expect(flagged).toHaveAttribute('title', /hold 99 % of the variance[^]*without further training/)
  await expect(workbench.row('hidden2')).toContainText('units keep val_acc')
  // A click on a lens selects the layer's bar.
  await flagged.click()
  await expect(workbench.row('hidden2')).toHaveAttribute('aria-current', 'true')
  await expect(panel.locator('.details:visible')).toContainText(/\d+ of 320 units keep val_acc/)
  const use = workbench.lens(/^Use \d+ units$/).last()
  await expect(use).toBeVisible()
  await workbench.picture('proven')
  const width = Number(/\d+/.exec(await use.innerText())?.[0])

  // A trial trains with the width, and leaves the code as it is.
  const before = site.read('model.js')
  await workbench
    .lens(new RegExp(`^Try ${width} units$`))
    .last()
    .click()
  await expect(workbench.statusItem).not.toContainText('Finished')
  await workbench.ended('Finished')
  expect(site.read('model.js')).toBe(before)
  const apply = panel.locator('.suggestion').getByRole('button', { name: `Apply ${width} units` })
  await expect(apply).toBeVisible()
  await expect(panel.locator('.compared')).toContainText('after')
  await expect(workbench.lens(new RegExp(`${width} units, was 320`))).toBeVisible()
  await workbench.picture('tried')
  await panel.locator('.suggestion').getByRole('button', { name: 'Discard' }).click()

  // The proven width, in the code: one number, which makes the line stale.
  await workbench
    .lens(new RegExp(`^Use ${width} units$`))
    .last()
    .click()
  await expect.poll(() => site.read('model.js')).toBe(before.replace('units: 320', `units: ${width}`))
  await expect(workbench.lens('stale, edited since')).toBeVisible()
  await expect(workbench.statusItem).toContainText('edited since')
  await workbench.picture('used')
  await workbench.lens('Run again').first().click()
  await expect(workbench.statusItem).not.toContainText('Finished')
  await workbench.ended('Finished')
  await expect(
    workbench.lens(new RegExp(`${width} units, was 320 · val_acc [\\d.]+ % \\(.*\\) · \\d+ % fewer parameters`)),
  ).toBeVisible()
  await workbench.picture('before-after')
  // The tests of one worker share the workspace.
  site.write('model.js', before)
})

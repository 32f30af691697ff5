import { expect } from '@playwright/test'
import { test } from '../support/fixture.ts'

test('from a number to a changed model: use, run again, before and after; and once by a trial', async ({
  start,
  site,
}) => {
  // Three short trainings, the first with a proof.
  test.setTimeout(900_000)
  const settings = { 'saturation.underusedBelow': 40, 'saturation.budget': 20 }
  const workbench = await start('train.js', { settings })
  const { page, panel } = workbench
  await workbench.openFile('train.js')
  await workbench.command('Saturation: Run with Saturation and Arguments…')
  await expect(page.locator('.quick-input-title')).toContainText('Run train.js with Saturation')
  await page.keyboard.type('3')
  await page.keyboard.press('Enter')
  await workbench.ended('Finished')

  // Where the budget was spent, no width is proven yet.
  await workbench.openFile('model.js')
  const use = workbench.lens(/^Use \d+ units$/).last()
  if ((await use.count()) === 0) {
    await workbench.command('Saturation: Prove Widths')
    await page
      .locator('.quick-input-list')
      .getByText(/With the weights of the run of/)
      .click()
    await expect(panel.locator('.trial', { hasText: 'Narrower networks' }).getByText('balanced')).toBeVisible()
    await workbench.ended('Finished')
    await workbench.openFile('model.js')
  }
  await expect(use).toBeVisible()
  await workbench.picture('hint')
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

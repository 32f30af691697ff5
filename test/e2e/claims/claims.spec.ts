import path from 'node:path'
import { cpSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test } from '../support/fixture.ts'
import { DEEP } from '../support/scripts.ts'
import { ROOT } from '../support/site.ts'

// The trainings are short, and the second test needs nothing of the first.
test('what a trained network shows: exact covariance, lossless eigenspace, probes, and training without the tail', async ({
  workbench,
  site,
}) => {
  const { page, panel } = workbench
  site.write('deep.js', DEEP)
  await workbench.openFile('deep.js')

  // The script has no run yet, so all layers are compared.
  await workbench.command('Saturation: Compare Online with Exact Covariance')
  const exact = panel.getByRole('table', { name: 'Online covariance against the exact one' })
  await expect(exact.getByRole('row', { name: /^dense7 \d+\/96 / })).toBeVisible({ timeout: 200_000 })
  await workbench.ended('Finished')
  await expect(panel.getByRole('heading', { name: 'Saturation online and exact' })).toBeVisible()
  await panel.getByRole('heading', { name: 'Saturation online and exact' }).scrollIntoViewIfNeeded()
  await workbench.picture('exact')

  await workbench.openFile('deep.js')
  await workbench.command('Saturation: Check Lossless Eigenspace')
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' })
  const lossless = panel.getByText(/^All layers together (keep|lose)/).first()
  await expect(lossless).toBeVisible({ timeout: 200_000 })
  await workbench.ended('Finished')
  await lossless.scrollIntoViewIfNeeded()
  await workbench.picture('lossless')

  await workbench.openFile('deep.js')
  await workbench.command('Saturation: Probe Layers')
  await page
    .locator('.quick-input-list')
    .getByText(/With the weights of the run of/)
    .first()
    .click()
  const probes = panel.locator('.trial', { hasText: 'Probes over saturation' })
  await expect(probes).toContainText(/Tail: dense\d/, { timeout: 200_000 })
  await workbench.ended('Finished')
  await probes.scrollIntoViewIfNeeded()
  await workbench.picture('probes')

  const remove = panel.locator('.suggestion').getByRole('button', { name: 'Remove Tail' })
  await remove.click()
  await expect(workbench.statusItem).not.toContainText('Finished')
  await workbench.ended('Finished')
  await expect(panel.locator('.compared')).toContainText('after')
  await panel.locator('.compared').scrollIntoViewIfNeeded()
  await workbench.picture('without-tail')
})

test('a sweep shows its page while its trials end', async ({ workbench, site }) => {
  const { page } = workbench
  cpSync(path.join(ROOT, 'test/fixtures/scripts/sweep/bars.cjs'), site.file('bars.cjs'))
  await workbench.openFile('bars.cjs')
  await workbench.command('Saturation: Sweep')
  const box = page.locator('.quick-input-widget input[type=text]').first()
  await expect(box).toHaveAttribute('placeholder', /What is varied/)
  await box.fill('Something else')
  await page.locator('.quick-input-list .monaco-list-row').first().click()
  await page.keyboard.press('Enter')
  await expect(page.locator('.quick-input-widget')).toContainText('LAYER.property=values')
  await box.fill('conv2.filters')
  await expect(page.locator('.quick-input-widget')).toContainText('It is LAYER.property=values')
  await box.fill('conv2.filters=2')
  await page.keyboard.press('Enter')
  const study = page.frameLocator('.webview.ready').last().frameLocator('iframe#active-frame')
  await expect(study.getByRole('img', { name: /^Saturation profile of conv2\.filters=2/ })).toBeVisible({
    timeout: 200_000,
  })
  await expect(workbench.terminal).toContainText('100 % where all', { timeout: 60_000 })
  await workbench.picture('sweep')
  // The workbench is shared, and other tests expect the panel to be its only page.
  await workbench.command('View: Close All Editors')
  await expect(page.locator('iframe.webview.ready')).toHaveCount(1)
})

import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'

test('in an untrusted workspace nothing is run, and a message says why', async ({ start }) => {
  const workbench = await start('train.js', { trust: false, settings: { 'saturation.autoAttach': true } })
  const lens = workbench.lens('Run with Saturation')
  await expect(lens).toBeVisible({ timeout: 60_000 })
  const reason = workbench.toast.filter({ hasText: 'runs no code in an untrusted workspace' })
  await expect(async () => {
    await lens.click()
    await expect(reason).toBeVisible({ timeout: 5000 })
  }).toPass({ timeout: 60_000 })
  await expect(reason.getByRole('button', { name: 'Manage Workspace Trust' })).toBeVisible()
  await workbench.picture('untrusted')
  await workbench.command('Notifications: Clear All Notifications')
  await workbench.command('Saturation: Run with Saturation')
  await expect(reason).toBeVisible()
  await expect(workbench.page.locator('[id="saturation.saturation-inspector.saturation.autoAttach"]')).toBeHidden()
  await expect(workbench.page.locator('.terminal-wrapper')).toHaveCount(0)
  expect(workbench.runs()).toEqual([])
  await workbench.close()
})

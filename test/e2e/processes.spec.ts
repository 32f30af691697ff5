import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { BRIEF, LINGERING, search, TRIAL } from './support/scripts.ts'

test('a search that trains in three processes gives three runs, and the user chooses which is shown', async ({
  workbench,
  site,
}) => {
  const { page, panel } = workbench
  site.write('trial.js', TRIAL)
  site.write('search.js', search(8, 16, 32))
  await workbench.openFile('search.js')
  const before = workbench.lastRun()
  await workbench.command('Saturation: Run with Saturation')
  const heading = panel.locator('header h1')
  await expect.poll(() => workbench.begunSince(before)).toBe(3)
  await expect(heading).toHaveText(/^search\.js › trial\.js \d+$/)
  const others = panel.locator('.others')
  await expect(others).toHaveText('2 more runs train')

  const list = async () => {
    await page.getByRole('button', { name: 'Choose Run…' }).click()
    await expect(workbench.choices.filter({ hasText: 'search.js › trial.js' })).toHaveCount(3)
  }
  const choose = async (name: string) => {
    await list()
    await workbench.choices.filter({ hasText: name }).click()
    await expect(heading).toHaveText(name)
  }
  await others.click()
  await expect(workbench.choices.filter({ hasText: 'shown' })).toHaveCount(1)
  await workbench.picture('choose-run-light')
  await page.keyboard.press('Escape')
  for (const units of ['8', '16', '32']) {
    await choose(`search.js › trial.js ${units}`)
    await expect(workbench.row('inner')).toHaveAccessibleName(new RegExp(` of ${units} `))
  }
  await choose('search.js › trial.js 8')
  await workbench.openFile('trial.js')
  await expect(workbench.lens(/ of 8 dimensions/)).toBeVisible()
  await workbench.command('Preferences: Toggle between Light/Dark Themes')
  await list()
  await workbench.picture('choose-run-dark')
  await page.keyboard.press('Escape')
  await workbench.command('Preferences: Toggle between Light/Dark Themes')

  await panel.getByRole('button', { name: 'Stop' }).click()
  await workbench.ended('Stopped')
  await expect(others).toHaveText('2 more runs train')
  site.write('stop', '')
  await expect(others).toBeHidden()
  await expect(heading).toHaveText('search.js › trial.js 8')
  await choose('search.js › trial.js 16')
  await workbench.ended('Finished')

  // The same under the debugger, which has a separate session for each process. This time the trainings end by
  // themselves.
  site.write('search.js', search(16, 32))
  await workbench.openFile('search.js')
  await workbench.command('Saturation: Debug with Saturation')
  // The toolbar is checked before the runs, because they may have ended when the second is noticed.
  await expect(page.locator('.debug-toolbar')).toBeVisible()
  await expect.poll(() => workbench.begunSince(before)).toBe(5)
  await expect(page.locator('.debug-toolbar')).toBeHidden()
  await expect(others).toBeHidden()
  await workbench.ended('Finished')

  // After a reload the window still finds all runs.
  await workbench.reload()
  await workbench.command('Saturation: Choose Run…')
  await expect(workbench.choices.filter({ hasText: 'search.js › trial.js' })).toHaveCount(5)
  await workbench.choices.filter({ hasText: 'trial.js 32' }).last().click()
  await workbench.statusItem.click()
  await expect(heading).toHaveText('search.js › trial.js 32')
  await expect(workbench.row('inner')).toHaveAccessibleName(/ of 32 /)
})

test('a command that still runs after its training has ended does not block the next run', async ({
  workbench,
  site,
}) => {
  const { panel } = workbench
  const heading = panel.locator('header h1')
  site.write('brief.js', BRIEF)
  site.write('lingering.js', LINGERING)
  await workbench.openFile('lingering.js')
  await workbench.run()
  await expect(heading).toHaveText('lingering.js › brief.js')
  await workbench.ended('Finished')

  await workbench.openFile('brief.js')
  await workbench.run()
  await expect(heading).toHaveText('brief.js')
  await workbench.ended('Finished')
  await expect(workbench.row('inner')).toBeVisible()
  site.write('enough', '')
})

import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { ENDLESS } from './support/scripts.ts'
import { isAlive } from './support/workbench.ts'

test('lenses of a run follow the text: several on a line, moved lines, edited lines', async ({ workbench, site }) => {
  const { page } = workbench
  site.write('endless.js', ENDLESS)
  await workbench.openFile('endless.js')
  // The other ways to start a run are there too.
  await expect(page.locator('.editor-actions').getByRole('button', { name: /^Run with Saturation/ })).toBeVisible()
  await page.keyboard.press('Control+Shift+E')
  const item = page.getByRole('menuitem', { name: 'Run with Saturation', exact: true })
  // A menu that has just opened may swallow the click.
  await expect(async () => {
    await page.keyboard.press('Escape')
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'endless.js' })
      .click({ button: 'right', timeout: 5000 })
    await item.click({ timeout: 5000 })
    await expect(item).toBeHidden({ timeout: 2000 })
  }).toPass()
  await expect(workbench.terminal).toContainText('green on a terminal')
  await expect(page.locator('.terminal-wrapper.active .xterm-fg-2', { hasText: 'green' })).toBeVisible()

  // One lens for the loop; a click lists its layers, the choice is shown in the panel.
  const several = workbench.lens(/^\D*3 layers · \d+/)
  await expect(several).toBeVisible()
  // A lens that is drawn anew between the press and the release of the button loses the click.
  await expect(async () => {
    await several.click({ timeout: 5000 })
    await expect(workbench.choices).toHaveCount(3, { timeout: 5000 })
  }).toPass()
  await workbench.picture('several')
  await workbench.choices.nth(1).click()
  await expect(workbench.panel.locator('.layers .row[aria-current]')).toContainText(/\/48/)

  // Lines above move the definition; its bar leads to where it is now.
  const line = ENDLESS.split('\n').findIndex((text) => text.includes("name: 'waist'")) + 1
  await workbench.row('waist').click()
  await expect(workbench.position).toContainText(`Ln ${line},`)
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('\n\n')
  await workbench.row('head').click()
  await expect(workbench.position).toContainText(`Ln ${line + 3},`)
  await workbench.row('waist').click()
  await expect(workbench.position).toContainText(`Ln ${line + 2},`)
  const waist = page.locator('.codelens-decoration a[title^="waist (Dense)"]')
  await expect(waist).not.toContainText('stale')

  // An edited definition is stale: the numbers belong to what it was.
  await page.keyboard.press('End')
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft')
  await page.keyboard.type(', trainable: true')
  await expect(waist).toContainText('stale, edited since')
  await workbench.picture('stale')

  const { pid } = workbench.latestRun()
  await workbench.command('Saturation: Stop the Training')
  await workbench.ended('Stopped')
  await expect.poll(() => isAlive(pid ?? 0)).toBe(false)
})

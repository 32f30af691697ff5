import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { ENDLESS } from './support/scripts.ts'
import { isAlive } from './support/workbench.ts'

test('lenses of a run follow the text: several on a line, moved lines, edited lines', async ({ workbench, site }) => {
  const { page } = workbench
  site.write('endless.js', ENDLESS)
  await workbench.openFile('endless.js')
  // A run can also be started by the button in the editor's title bar and by the explorer's menu.
  await expect(page.locator('.editor-actions').getByRole('button', { name: /^Run with Saturation/ })).toBeVisible()
  await page.keyboard.press('Control+Shift+E')
  const item = page.getByRole('menuitem', { name: 'Run with Saturation', exact: true })
  // A menu that has just opened may ignore the click.
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

  // The line of the loop has one lens for its three layers. A click lists them, and the chosen layer is selected in the
  // panel.
  const several = workbench.lens(/^\D*3 layers · \d+/)
  await expect(several).toBeVisible()
  // A lens that is redrawn between pressing and releasing the mouse button loses the click.
  await expect(async () => {
    await several.click({ timeout: 5000 })
    await expect(workbench.choices).toHaveCount(3, { timeout: 5000 })
  }).toPass()
  await workbench.picture('several')
  await workbench.choices.nth(1).click()
  await expect(workbench.panel.locator('.layers .row[aria-current]')).toContainText(/\/48/)

  // Lines that are inserted above move the definition. A click on its bar leads to its current line.
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

  // The lens of an edited definition is stale: its numbers belong to the definition before the edit.
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

import { mkdirSync, rmSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { BRIEF } from './support/scripts.ts'

test('auto attach: off at first, then whatever trains in a terminal is a run, and off again at once', async ({
  workbench,
  site,
}) => {
  const { page } = workbench
  site.write('brief.js', BRIEF)
  await workbench.openFile('brief.js')
  const item = page.locator('[id="saturation.saturation-inspector.saturation.autoAttach"]')
  /** Types a command into the active terminal, and waits for its output. */
  const type = async (command: string, answer: RegExp | string) => {
    await page.keyboard.type(`clear; ${command}`)
    await page.keyboard.press('Enter')
    await expect(workbench.terminal).toContainText(answer)
  }
  const prompt = async () => {
    await expect(workbench.terminal).toHaveText(/^[^$#]*[$#]\s*$/)
    await expect(workbench.terminal).toHaveClass(/xterm-focus/)
  }
  await workbench.command('Terminal: Create New Terminal')
  await prompt()
  const before = workbench.lastRun()
  await type('node brief.js 0', 'trained 0')
  expect(workbench.begunSince(before)).toBe(0)
  await expect(item).toBeHidden()

  await workbench.command('Saturation: Toggle Auto Attach')
  await expect(item).toBeVisible()
  await workbench.toast.getByRole('button', { name: 'New Terminal' }).click()
  await prompt()
  await type('node -p "6 * 7"; npm --version', /42\s*\d+\.\d+\.\d+/)
  await type('node brief.js 1', 'trained 1')
  await expect.poll(() => workbench.begunSince(before)).toBe(1)
  await workbench.ended('Finished')
  await expect(workbench.row('inner')).toBeVisible()
  await expect(workbench.statusItem).toContainText('Finished')
  await expect(workbench.lens(/ of 12 dimensions/)).toBeVisible()
  await workbench.picture('auto-attach')
  const { events } = workbench.latestRun()
  expect(events.find(({ type }) => type === 'run started')).toMatchObject({
    script: site.file('brief.js'),
    args: ['1'],
  })
  // The terminal still has the focus.
  await type('echo still $((1 + 1)) here', 'still 2 here')

  // The user's own launch configuration. Its debugger sets NODE_OPTIONS itself.
  const name = 'Own configuration'
  const configuration = { type: 'node', request: 'launch', name, program: site.file('brief.js'), args: ['2'] }
  mkdirSync(site.file('.vscode'), { recursive: true })
  const console = 'integratedTerminal'
  site.write(
    '.vscode/launch.json',
    JSON.stringify({ version: '0.2.0', configurations: [{ ...configuration, console }] }),
  )
  const entry = workbench.choices.filter({ hasText: name })
  // VS Code reads the new file with a delay, and does not add to a list that is open.
  await expect(async () => {
    await workbench.command('Debug: Select and Start Debugging')
    await expect(entry).toBeVisible({ timeout: 5000 })
  }).toPass()
  await entry.click()
  await expect.poll(() => workbench.begunSince(before)).toBe(2)
  // The panel may still show the previous run.
  await expect(() => expect(workbench.latestRun().events.map(({ type }) => type)).toContain('run ended')).toPass()
  await workbench.ended('Finished')
  await expect(page.locator('.debug-toolbar')).toBeHidden()
  rmSync(site.file('.vscode'), { recursive: true })

  await item.click()
  await expect(item).toBeHidden()
  await page.locator('.terminal-wrapper.active .xterm-screen').click()
  await type('node brief.js 3', 'trained 3')
  expect(workbench.begunSince(before)).toBe(2)
})

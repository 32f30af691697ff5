import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { OWN_LAYER } from './support/scripts.ts'

test('Debug with Saturation stops in the user’s TypeScript, steps past our frames, and is a run', async ({
  workbench,
  site,
}) => {
  const { page } = workbench
  site.write('own.ts', OWN_LAYER)
  const line = OWN_LAYER.split('\n').findIndex((text) => text.includes('const doubled')) + 1
  const toggleBreakpoint = async () => {
    await workbench.openFile('own.ts')
    await page.keyboard.press('Control+G')
    await page.keyboard.type(String(line))
    await page.keyboard.press('Enter')
    await expect(workbench.position).toContainText(`Ln ${line},`)
    await page.keyboard.press('F9')
  }
  await toggleBreakpoint()
  await expect(page.locator('.codicon-debug-breakpoint').first()).toBeVisible()
  await workbench.command('Saturation: Debug with Saturation')

  const frames = page.locator('.debug-call-stack .stack-frame')
  await expect(page.locator('.debug-top-stack-frame-line').first()).toBeVisible()
  await expect(frames.first()).toContainText(`own.ts${line}:`)
  await workbench.picture('debugging')
  // Out of the layer: into TensorFlow.js, which called it, and not into our wrapper between them.
  await page.keyboard.press('Shift+F11')
  await expect(frames.first()).toContainText('tf-layers')
  // Several of ours in a row are folded into one line.
  await expect(page.locator('.debug-call-stack')).toContainText('Skipped by skipFiles')
  await expect(frames.filter({ hasText: 'preload.cjs' })).toHaveCount(0)
  await toggleBreakpoint()
  await page.keyboard.press('F5')
  await expect(workbench.statusItem).toContainText('Finished')
  await expect(page.locator('.debug-toolbar')).toBeHidden()
  await workbench.statusItem.click()
  await expect(workbench.row('inner')).toBeVisible()
  const { events, secret } = workbench.latestRun()
  expect(events.find(({ type }) => type === 'run ended')).toMatchObject({ how: 'completed', exitCode: 0 })
  // The debugger prints the environment as part of the command.
  await expect(workbench.terminal).toContainText(/trained \/.*invitation\.json/)
  await expect(workbench.terminal).not.toContainText(secret)
})

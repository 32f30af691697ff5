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
    await workbench.goToLine(line)
    await page.keyboard.press('F9')
  }
  const breakpoint = page.locator('.part.editor [class*="codicon-debug-breakpoint"]')
  await toggleBreakpoint()
  await expect(breakpoint).toBeVisible()
  await workbench.command('Saturation: Debug with Saturation')

  const frames = page.locator('.debug-call-stack .stack-frame')
  await expect(page.locator('.debug-top-stack-frame-line').first()).toBeVisible()
  await expect(frames.first()).toContainText(`own.ts${line}:`)
  await workbench.picture('debugging')
  // Step out of the layer. The debugger must stop in TensorFlow.js, which called it, not in our wrapper between them.
  await page.keyboard.press('Shift+F11')
  await expect(frames.first()).toContainText('tf-layers')
  // The call stack folds several of our frames in a row into one line.
  await expect(page.locator('.debug-call-stack')).toContainText('Skipped by skipFiles')
  await expect(frames.filter({ hasText: 'preload.cjs' })).toHaveCount(0)
  await toggleBreakpoint()
  await expect(breakpoint).toHaveCount(0)
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

import { existsSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test, type Differences } from './support/fixture.ts'
import { ENDLESS } from './support/scripts.ts'
import type { Site } from './support/site.ts'
import { isAlive, type Workbench } from './support/workbench.ts'

type Start = (file: string, differences?: Differences) => Promise<Workbench>

/** The number of the last epoch, which kept.js writes into a file whether or not an editor is connected. */
function epochs(site: Site): number {
  return existsSync(site.file('kept.epochs')) ? Number(site.read('kept.epochs')) : 0
}

/** Starts the training and waits for its first step. Returns the pid of the training process. */
async function startTraining(workbench: Workbench): Promise<number> {
  await expect(workbench.lens('Run with Saturation')).toBeVisible()
  await workbench.run()
  await expect.poll(() => workbench.steps()).toBeGreaterThan(0)
  const { pid } = workbench.latestRun()
  // As a process id, 0 is the test's own process group.
  if (pid === null) throw new Error('The run has no process.')
  return pid
}

test('closing the panel changes nothing, closing VS Code ends the training, but not with the setting for it', async ({
  start,
  site,
}) => {
  site.write('endless.js', ENDLESS)
  const workbench = await start('endless.js')
  const pid = await startTraining(workbench)
  await workbench.command('View: Close Primary Side Bar')
  await expect(workbench.page.locator('iframe.webview')).toBeHidden()
  const atClosing = workbench.latestRun().events.length
  await expect.poll(() => workbench.latestRun().events.length).toBeGreaterThan(atClosing)
  await expect(workbench.lens(/^\D*3 layers/)).toBeVisible()
  await workbench.close()

  // That training waits half a minute for the window to come back before it ends. Meanwhile the setting is tried.
  await survivesClosing(start, site)
  await expect.poll(() => isAlive(pid)).toBe(false)
})

/** With the setting for it, closing VS Code does not end a training, and the next window finds it. */
async function survivesClosing(start: Start, site: Site): Promise<void> {
  site.write('kept.js', ENDLESS)
  const settings = { 'saturation.keepTrainingWithoutEditor': true }
  const workbench = await start('kept.js', { settings })
  const pid = await startTraining(workbench)
  try {
    await workbench.close()
    const atClosing = epochs(site)
    await expect.poll(() => epochs(site)).toBeGreaterThan(atClosing + 2)
    const { userDataDir, port } = workbench
    const again = await start('kept.js', { settings, userDataDir, port })
    await again.command('Saturation: Focus on Training run View')
    await expect(again.panel.locator('.phase')).toContainText('Training')
    await again.panel.getByRole('button', { name: 'Stop' }).click()
    await again.ended('Stopped')
    await expect.poll(() => isAlive(pid)).toBe(false)
    await again.close()
  } finally {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
}

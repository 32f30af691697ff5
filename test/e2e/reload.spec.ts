import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { isAlive } from './support/workbench.ts'

test('a run that was started from the lens survives a reload of the window and can be stopped', async ({
  workbench,
  site,
}) => {
  // It lasts longer than a slow browser needs to reload, and its pauses leave the processor to the browser.
  site.write('long.js', site.read('train.js'))
  site.replace('long.js', '?? 12', '?? 400')
  const callbacks = 'callbacks: { onBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 50)) }'
  site.replace('long.js', 'batchSize: 64,', `batchSize: 64, ${callbacks},`)
  await workbench.openFile('long.js')
  await workbench.clickRunLens()
  await expect(workbench.panel.locator('.phase')).toContainText('epoch 1/')
  await expect.poll(() => workbench.steps()).toBeGreaterThan(20)
  const before = await workbench.steps()
  const { pid } = workbench.latestRun()
  try {
    await workbench.reload()
    // The page's address names train.js, so a reload opens that file.
    await workbench.openFile('long.js')
    await expect(workbench.lens('Stop')).toBeVisible()
    await expect.poll(() => workbench.steps()).toBeGreaterThan(before + 20)
    await workbench.openFile('model.js')
    await expect(workbench.lens(/% saturated · \d+ of 16 dimensions/)).toBeVisible()
    await expect(workbench.terminal).toContainText(/Epoch \d+ \/ 400/)
    await workbench.picture('reloaded')

    await workbench.panel.getByRole('button', { name: 'Stop' }).click()
    await workbench.ended('Stopped')
    await expect.poll(() => isAlive(pid ?? 0)).toBe(false)
    const { events } = workbench.latestRun()
    expect(events.filter(({ type }) => type === 'run ended')).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'problem')).toEqual([])
    // The sequence numbers have no gap: no event was lost during the reload.
    const ofTrainer = events.filter(({ by }) => by === 'trainer').map(({ seq }) => seq)
    expect(ofTrainer).toEqual(ofTrainer.map((_, i) => i))
  } finally {
    if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
})

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import type { Workbench } from './support/workbench.ts'

test('Check Set-up reports whether the project can train', async ({ workbench, site }) => {
  await workbench.openFile('train.js')
  await expect(workbench.lens('Run with Saturation')).toBeVisible()
  await workbench.command('Saturation: Check Set-up')
  await expect(workbench.terminal).toContainText(`Set-up of ${site.workspace}`)
  await expect(workbench.terminal).toContainText(/Node \d+\.\d+\.\d+/)
  await expect(workbench.terminal).toContainText('One training step on the backend tensorflow')
  await expect(workbench.terminal).toContainText('Everything is there.')
})

test('Open Example copies an example to a chosen folder, checks its set-up and trains it', async ({
  workbench,
  site,
}) => {
  const { page } = workbench
  await workbench.openFile('train.js')
  await expect(workbench.lens('Run with Saturation')).toBeVisible()
  await workbench.command('Saturation: Open Example')
  const example = workbench.choices.filter({ hasText: 'on a table' })
  await expect(workbench.choices).toHaveCount(3)
  await workbench.picture('examples')
  await example.click()
  // The dialog starts in the workspace; the entry `..` leads to its parent folder.
  await workbench.choices.filter({ hasText: '..' }).click()
  await expect(page.locator('.quick-input-widget input').first()).toHaveValue(`${site.folder}/`)
  await page.getByRole('button', { name: 'Copy Example Here' }).click()

  await expect(page.locator('.tab.active')).toContainText('train.js')
  const copy = path.join(site.folder, 'tabular-example')
  // The training takes only a few seconds. A fast machine may finish it before a slow browser shows it, so we wait for
  // its end.
  await expect(() => {
    const { events } = workbench.latestRun()
    expect(events.find(({ type }) => type === 'run started')).toMatchObject({ script: path.join(copy, 'train.js') })
    expect(events.map(({ type }) => type)).toContain('run ended')
  }).toPass()
  await workbench.ended('Finished')
  await expect(workbench.lens(/ dimensions/).first()).toBeVisible()
  expect(existsSync(path.join(copy, 'README.md'))).toBe(true)
  await workbench.picture('example-runs')
})

test('the first minutes: npm start shows numbers above a layer, a second window shows the same and counts the first click', async ({
  start,
  site,
}) => {
  // As the clone that npm start is called in: Git would offer to open the repository above the folder.
  execFileSync('git', ['init', '-q', site.folder])
  // It lasts longer than a slow browser needs for a window, and its pauses leave the processor to the browser.
  site.write('long.js', site.read('train.js'))
  site.replace('long.js', '?? 12', '?? 400')
  const callbacks = 'callbacks: { onBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 50)) }'
  site.replace('long.js', 'batchSize: 64,', `batchSize: 64, ${callbacks},`)
  const request = { nonce: 'first', script: site.file('long.js'), beside: site.file('model.js') }
  const env = { SATURATION_START: JSON.stringify(request) }
  const first = await start('long.js', { env, settings: { 'git.enabled': true, 'saturation.underusedBelow': 40 } })
  await expect(first.lens(/% saturated · \d+ of 16 dimensions/)).toBeVisible()
  await expect(first.page.locator('.tab.active', { hasText: 'long.js' })).toBeVisible()
  await expect(first.lens('Stop')).toBeVisible()
  await first.picture('npm-start')
  await expect(first.toast).toHaveCount(0)

  const second = await first.openSecondWindow()
  await expect(second.lens('Stop')).toBeVisible()
  await second.openFile('train.js')
  await second.lens('Run with Saturation').click()
  await expect(second.toast).toContainText('long.js is still training, started in another window')
  await second.picture('second-window')
  expect(first.begunSince('')).toBe(1)
  await second.openFile('long.js')
  await stop(second, first)

  // A window in which runs have only ended shows the last one, and its first lens heeds the first click.
  await second.reload()
  const lens = second.lens('Run with Saturation')
  await expect(lens).toBeVisible()
  await lens.click()
  await expect.poll(() => first.begunSince('')).toBe(2)
  await expect(second.lens('Stop')).toBeVisible()
  await second.picture('first-click')
  await expect(second.row('conv1')).toContainText('/16')
  await stop(second, second)
  await first.reload()
  await expect(first.statusItem).toContainText('Stopped')
  await first.openFile('model.js')
  await expect(first.lens(/% saturated/).first()).toBeVisible()
  await first.picture('reloaded-after-the-end')
  await second.page.close()
})

/** Stops the run by its lens. A lens that shows progress is redrawn again and again, and a click in between is lost. */
async function stop(by: Workbench, seenIn: Workbench): Promise<void> {
  await expect(async () => {
    const lens = by.lens('Stop')
    if ((await lens.count()) > 0) await lens.click({ timeout: 5000 })
    await expect(seenIn.panel.locator('.phase')).toContainText('Stopped', { timeout: 10_000 })
  }).toPass({ timeout: 240_000 })
}

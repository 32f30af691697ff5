import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { BRIEF } from './support/scripts.ts'

test('a script of package.json is run from its lens or the palette, and run again from the panel', async ({
  workbench,
  site,
}) => {
  const { page } = workbench
  site.write('brief.js', BRIEF)
  const own = JSON.parse(site.read('package.json')) as { scripts?: Record<string, string> }
  site.write('package.json', JSON.stringify({ ...own, scripts: { ...own.scripts, brief: 'node brief.js 7' } }, null, 2))
  await workbench.openFile('package.json')
  const lens = workbench.lens('Run with Saturation')
  await expect(lens).toBeVisible()
  // A lens that is redrawn between pressing and releasing the mouse button loses the click.
  await expect(async () => {
    await lens.click({ timeout: 5000 })
    await expect(workbench.choices.filter({ hasText: 'node brief.js 7' })).toBeVisible({ timeout: 3000 })
  }).toPass()
  await workbench.picture('package-scripts')
  await page.keyboard.press('Escape')

  const before = workbench.lastRun()
  await workbench.command('Saturation: Run npm Script…')
  await workbench.choices.filter({ hasText: 'node brief.js 7' }).click()
  await expect(workbench.terminal).toContainText('trained 7')
  await workbench.ended('Finished')
  await expect(workbench.panel.getByRole('heading', { name: 'brief' })).toBeVisible()
  await expect(workbench.row('inner')).toBeVisible()

  await workbench.panel.getByRole('button', { name: 'Run again' }).click()
  await expect.poll(() => workbench.begunSince(before)).toBe(2)
  // The panel may still show the previous run.
  await expect(() => {
    const { events } = workbench.latestRun()
    const started = events.find(({ type }) => type === 'run started')
    expect(started).toMatchObject({ packageScript: 'brief', script: site.file('package.json'), args: [] })
    expect(events.map(({ type }) => type)).toContain('run ended')
  }).toPass()
  await workbench.ended('Finished')
})

import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'

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

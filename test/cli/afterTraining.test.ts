import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { ComparedWithExact } from '../../src/comparison/exact/compareWithExact.ts'
import type { Projected } from '../../src/protocol/trials/projection.ts'
import { saturation } from './saturation.ts'

const BARS = path.resolve(import.meta.dirname, '../fixtures/scripts/sweep/bars.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-after-'))
const at = (name: string): string => path.join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('exact and project end in data and a page', { timeout: 240_000 }, async () => {
  const [exact, project, nowhere, unknown] = await Promise.all([
    saturation(['exact', '--layer', 'conv*', '--json', '--html', at('exact.html'), BARS, '2']),
    saturation(['project', '--json', '--html', at('project.html'), BARS, '2']),
    saturation(['project', '--html', at('absent/project.html'), BARS, '2']),
    saturation(['exact', '--layer', 'absent', '--json', BARS, '2']),
  ])
  expect([exact.code, project.code, nowhere.code, unknown.code], exact.stderr + project.stderr).toEqual([0, 0, 2, 1])

  const compared = JSON.parse(exact.stdout) as ComparedWithExact
  expect(compared).toMatchObject({ source: 'training', examples: 192, given: 192 })
  expect(compared.layers.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'conv3'])
  // Every position of every training image.
  expect(compared.layers[0]!.exact.observations).toBe(192 * 16 * 16)
  const page = readFileSync(at('exact.html'), 'utf8')
  expect(page).toContain('aria-label="Saturation online and exact"')
  expect(page).toMatch(/is off by [\d.]+ points on average over 3 layers/)

  const projected = JSON.parse(project.stdout) as Projected
  expect(projected).toMatchObject({ metric: 'acc', done: true })
  const curves = readFileSync(at('project.html'), 'utf8')
  expect(curves).toContain('<svg')
  expect(curves).toContain('eigenspace')

  expect(nowhere.stderr).toContain('there is no folder')
  expect(unknown.stderr).toContain('No measured layer is called absent: there are conv1, conv2, conv3, out.')
  expect(JSON.parse(unknown.stdout)).toBeNull()
})

import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { saturation } from '../saturation.ts'

/** Address of a Ray cluster whose nodes see this folder, as `ray://127.0.0.1:8265`. Without it nothing is tested here. */
const ENGINE = process.env['SATURATION_RAY']
const SCRIPT = path.resolve(import.meta.dirname, '../../fixtures/scripts/sweep/bars.cjs')
const folder = mkdtempSync(path.resolve(import.meta.dirname, '../../../dist/ray-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(!ENGINE)(
  'a sweep on a real cluster has a result for each network, and the same command repeats none',
  async () => {
    const command = [
      'sweep',
      SCRIPT,
      '--engine',
      ENGINE!,
      '--vary',
      'conv*.filters=2,4',
      '--no-early-stop',
      '--json',
      '--dir',
      folder,
    ]
    const first = await saturation(command)
    expect(first.stderr).not.toContain('cannot')
    const { networks } = JSON.parse(first.stdout) as { networks: { name: string }[] }
    expect(networks.map(({ name }) => name)).toHaveLength(3)
    const again = await saturation(command)
    expect(JSON.parse(again.stdout)).toMatchObject({ networks })
  },
  600_000,
)

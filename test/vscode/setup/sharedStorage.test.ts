import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { sharedStorage } from '../../../src/vscode/setup/sharedStorage.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-storage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('is that of the first window, also for further ones', () => {
  for (const id of ['5e4f3a2b', '-5e4f3a2b', '-1']) mkdirSync(path.join(folder, id))
  const of = (id: string): string => path.relative(folder, sharedStorage(path.join(folder, id, 'saturation.inspector')))
  const shared = path.join('5e4f3a2b', 'saturation.inspector')
  expect([of('5e4f3a2b'), of('5e4f3a2b-1'), of('5e4f3a2b-9')]).toEqual([shared, shared, shared])
  expect(of('-5e4f3a2b-2')).toBe(path.join('-5e4f3a2b', 'saturation.inspector'))
  // Ids of other workspaces, which only look like it.
  for (const id of ['-1', '-5', 'absent-1', '5e4f3a2b-10', '5e4f3a2b-x'])
    expect(of(id)).toBe(path.join(id, 'saturation.inspector'))
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { scriptToRunOnce } from '../../../src/vscode/setup/runOnce.ts'

it('honours each request once, in the first window that sees it', () => {
  const storage = path.join(mkdtempSync(path.join(tmpdir(), 'run-once-')), 'storage')
  try {
    expect(scriptToRunOnce('a1:/project/train.js', storage)).toBe('/project/train.js')
    expect(scriptToRunOnce('a1:/project/train.js', storage)).toBeUndefined()
    expect(scriptToRunOnce('b2:C:\\project\\train.js', storage)).toBe('C:\\project\\train.js')
    expect(scriptToRunOnce(undefined, storage)).toBeUndefined()
    expect(scriptToRunOnce('nonsense', storage)).toBeUndefined()
  } finally {
    rmSync(path.dirname(storage), { recursive: true })
  }
})

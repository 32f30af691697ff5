import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { takeStartRequest } from '../../../src/vscode/setup/runOnce.ts'

it('honours each request once, in the first window that sees it', () => {
  const storage = path.join(mkdtempSync(path.join(tmpdir(), 'run-once-')), 'storage')
  const first = { nonce: 'a1', script: '/project/train.js', beside: '/project/model.js' }
  const second = { nonce: 'b2', script: 'C:\\project\\train.js', beside: 'C:\\project\\model.js' }
  try {
    expect(takeStartRequest(JSON.stringify(first), storage)).toEqual(first)
    expect(takeStartRequest(JSON.stringify(first), storage)).toBeUndefined()
    expect(takeStartRequest(JSON.stringify(second), storage)).toEqual(second)
    for (const nonsense of [undefined, 'nonsense', '{"nonce":"c3"}'])
      expect(takeStartRequest(nonsense, storage)).toBeUndefined()
  } finally {
    rmSync(path.dirname(storage), { recursive: true })
  }
})

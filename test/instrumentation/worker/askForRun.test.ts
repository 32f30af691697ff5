import path from 'node:path'
import { expect, it } from 'vitest'
import { askForRun } from '../../../src/instrumentation/worker/askForRun.ts'

const NOWHERE = path.join(import.meta.dirname, 'none.json')
const WHO = { pid: 1, trains: true, script: 'train.js', args: [], cwd: '/' }

it('asks until the process is ended, or gives up where it goes on without a session', async () => {
  let attempts = 0
  expect(await askForRun(NOWHERE, WHO, () => ++attempts === 3, null)).toBeNull()
  expect(attempts).toBe(3)
  expect(await askForRun(NOWHERE, WHO, () => (attempts++, false), 1)).toBeNull()
  expect(attempts).toBe(4)
})

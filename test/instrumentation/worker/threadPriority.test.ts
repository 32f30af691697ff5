import os from 'node:os'
import { expect, it } from 'vitest'
import { train } from '../training.ts'

it.runIf(process.platform === 'linux')(
  'only the monitor’s worker thread has a lower priority than the training’s threads',
  async () => {
    const { stdout, exitCode } = await train('process/priorities.js')
    expect({ stdout, exitCode }).toEqual({ stdout: `[${Math.min(10, 19 - os.getPriority())}]\n`, exitCode: 0 })
  },
)

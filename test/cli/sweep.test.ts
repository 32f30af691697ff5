import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { saturation } from './saturation.ts'

const BARS = path.resolve(import.meta.dirname, '../fixtures/scripts/sweep/bars.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-sweep-'))
cpSync(BARS, path.join(folder, 'bars.cjs'))
symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Printed {
  networks: {
    name: string
    result: string
    reason: string | null
    saturation: number | null
    profile: { name: string }[]
  }[]
  recommended: unknown
}

const VARIED = ['--vary', 'conv2.filters=3,0', '--vary', 'input.size=8', '--workers', '2', '--no-early-stop']

describe('saturation sweep', () => {
  it(
    'trains each network once, also where it is called again, and failures are results',
    { timeout: 240_000 },
    async () => {
      const history = path.join(folder, 'history')
      const args = ['sweep', ...VARIED, '--json', '--html', 'sweep.html', '--history', history, 'bars.cjs', '2']
      const first = await saturation(args, { cwd: folder })
      expect(first.code, first.stderr).toBe(0)
      const { networks } = JSON.parse(first.stdout) as Printed
      expect(networks.map(({ name, result }) => [name, result])).toEqual([
        ['baseline', 'completed'],
        ['conv2.filters=3,input.size=8', 'completed'],
        ['conv2.filters=0,input.size=8', 'failed'],
      ])
      expect(networks[2]!.reason).toContain('config.filters')
      expect(networks[1]!.profile.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'conv3'])
      expect(readFileSync(path.join(folder, 'sweep.html'), 'utf8')).toContain(
        'Saturation profile of conv2.filters=3,input.size=8',
      )
      expect(readdirSync(path.join(history, 'runs'))).toHaveLength(3)
      const again = await saturation(['sweep', '--resume', 'bars.cjs', '2'], { cwd: folder })
      expect(again.code, again.stderr).toBe(0)
      expect(again.stderr).not.toContain('completed in')
      expect(again.stdout).toMatch(/^conv2\.filters=0,input\.size=8 .*failed: /m)
    },
  )

  it('says what is wrong before anything is trained', async () => {
    const wrong = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await saturation(['sweep', ...args], { cwd: folder })
      expect(code).toBe(2)
      return stderr
    }
    writeFileSync(path.join(folder, 'empty.txt'), '# none\n')
    const [none, missing, both, empty, malformed, resume, script, memory] = await Promise.all([
      wrong('bars.cjs'),
      wrong('--list', 'absent.txt', 'bars.cjs'),
      wrong('--list', 'empty.txt', '--vary', 'a.units=1', 'bars.cjs'),
      wrong('--list', 'empty.txt', 'bars.cjs'),
      wrong('--vary', 'conv1.filters', 'bars.cjs'),
      wrong('--resume', '--dir', 'nowhere', 'bars.cjs'),
      wrong('--vary', 'conv1.filters=1', '--dir', 'absent', 'absent.cjs'),
      // Long enough for its memory to be measured.
      wrong('--vary', 'conv1.filters=1', '--memory', '50', '--dir', 'tight', 'bars.cjs', '400'),
    ])
    expect(none).toContain('Nothing is varied')
    expect(missing).toContain('The list absent.txt cannot be read')
    expect(both).toContain('not both')
    expect(empty).toContain('lists no network')
    expect(malformed).toContain('It is LAYER.property=values')
    expect(resume).toContain('There is no study in')
    expect(script).toContain('absent.cjs')
    expect(memory).toContain('takes more memory than all trials may take together: --memory MB raises that')
    expect(existsSync(path.join(folder, 'nowhere'))).toBe(false)
  })
})

it('saturation resolution measures sizes, and the network without the layers that see nothing new', async () => {
  // The third convolution of an input of 4 × 4 takes what has seen all of it.
  const args = [
    'resolution',
    '--set',
    'input.size=4',
    '--sizes',
    '8',
    '--workers',
    '2',
    '--json',
    '--html',
    'sizes.html',
  ]
  const { code, stdout, stderr } = await saturation([...args, 'bars.cjs', '2'], { cwd: folder })
  expect(code, stderr).toBe(0)
  const printed = JSON.parse(stdout) as Printed & { input: number[]; range: object; tail: object }
  expect(printed).toMatchObject({
    ...{ input: [4, 4], range: { min: [10, 10], max: [10, 10] } },
    tail: { layers: ['conv3'], why: 'field' },
  })
  expect(printed.networks.map(({ name, result }) => [name, result])).toEqual([
    ['baseline', 'completed'],
    ['input.size=[8,8]', 'completed'],
    ['conv3.repeat=0', 'completed'],
  ])
  expect(printed.recommended).toEqual([8, 8])
  expect(readFileSync(path.join(folder, 'sizes.html'), 'utf8')).toMatch(
    /Instead, conv3 could be removed at the present input, since what it takes has seen the whole input already: val_acc/,
  )
}, 240_000)

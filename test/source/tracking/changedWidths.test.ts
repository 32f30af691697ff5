import { expect, test } from 'vitest'
import { ChangedWidths } from '../../../src/source/tracking/changedWidths.ts'
import { askInThisThread } from '../background/askInThisThread.ts'

const width = { layer: 'dense', file: '/p/a.js', line: 2, column: 1, property: 'units' }
const text = (constant: string) => ({ '/p/a.js': `const N = ${constant}\ndense({ units: N })` })

test('a width is changed from an edit until it is undone, also while the text is half-written', async () => {
  const widths = new ChangedWidths(askInThisThread, { script: '', cwd: '' })
  const compare = async (constant: string) => [await widths.compare([width], text(constant)), ...widths.layers]
  expect(await compare('64')).toEqual([false])
  await widths.remember([width], text('64'))
  await widths.remember([width], text('32'))
  expect(await compare('64 // neurons')).toEqual([false])
  expect(await compare('48')).toEqual([true, 'dense'])
  expect(await compare('= 48')).toEqual([false, 'dense'])
  expect(await compare('48')).toEqual([false, 'dense'])
  expect(await compare('64')).toEqual([true])
})

test('of two questions at once, the later one counts', async () => {
  const waiting: (() => void)[] = []
  const ask: typeof askInThisThread = (name, ...args) =>
    new Promise<void>((resolve) => waiting.push(resolve)).then(() => askInThisThread(name, ...args))
  const widths = new ChangedWidths(ask, { script: '', cwd: '' })
  const remembered = widths.remember([width], text('64'))
  waiting.shift()?.()
  await remembered
  const answers = [widths.compare([width], text('48')), widths.compare([width], text('64'))]
  for (const each of waiting.reverse()) each()
  expect(await Promise.all(answers)).toEqual([false, false])
  expect([...widths.layers]).toEqual([])
})

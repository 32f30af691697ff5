import { expect, test } from 'vitest'
import { openLongFile } from './longFile.ts'

test('the lenses of a file of 10,000 lines are found without reading it again at each keystroke', async () => {
  const file = await openLongFile(10_000, 200)
  expect(file.lenses()).toBe(200)
  const asked = file.asked()
  for (let keystroke = 0; keystroke < 20; keystroke++) {
    file.type()
    expect(file.lenses()).toBe(200)
  }
  expect(file.asked()).toBe(asked)
  file.dispose()
})

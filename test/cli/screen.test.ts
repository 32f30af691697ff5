import { PassThrough, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { Screen, type Output } from '../../src/cli/console/screen.ts'

/** A terminal that keeps what is written to it. */
function terminal(): { output: Output; written: () => string } {
  let text = ''
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  }) as Output
  return { output: Object.assign(output, { isTTY: true, columns: 100, rows: 40 }), written: () => text }
}

/** What a program's output becomes below bars that are drawn between its pieces. */
async function shown(pieces: readonly string[]): Promise<string> {
  const { output, written } = terminal()
  const screen = new Screen(output)
  const source = new PassThrough()
  screen.pass(source, output)
  for (const piece of pieces) {
    source.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
    screen.show(['bar'])
  }
  screen.close()
  return written()
}

it('costs no more for output without line ends, and loses nothing of it', async () => {
  const pieces = (end: string): string[] => Array.from({ length: 60 }, () => '.'.repeat(3017) + end)
  const [without, withEnds] = [await shown(pieces('')), await shown(pieces('\n'))]
  expect(without.length).toBeLessThan(2 * withEnds.length)
  const { output, written } = terminal()
  const screen = new Screen(output)
  const source = new PassThrough()
  screen.pass(source, output)
  for (const piece of pieces('')) source.write(piece)
  await new Promise((resolve) => setImmediate(resolve))
  screen.close()
  expect(
    [...stripVTControlCharacters(written())].filter((character) => character === '.').length,
  ).toBeGreaterThanOrEqual(60 * 3017)
})

it('does not cut a control sequence in two', async () => {
  const text = await shown(Array.from({ length: 400 }, (_, i) => `\u001b[3${i % 8}mx`))
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/\u001b(?:\[\d*)?\n/)
})

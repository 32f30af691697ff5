import { Writable } from 'node:stream'
import { Terminal } from '@xterm/headless'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cases } from '../../stress.ts'
import { Screen, type Terminal as Output } from '../../../src/cli/console/screen.ts'

const COLUMNS = 20
const BARS = /^#\d$/

/** A real terminal, and the stream that writes to it as a terminal's stream in Node does. */
function terminal(rows: number): { screen: Screen; xterm: Terminal; output: Output } {
  const xterm = new Terminal({ cols: COLUMNS, rows, scrollback: 1000, allowProposedApi: true })
  const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => xterm.write(chunk, done) })
  const output = Object.assign(stream, { columns: COLUMNS, rows })
  return { screen: new Screen(output), xterm, output }
}

/** All lines that a terminal holds, with those that have scrolled away, without the empty ones at the end. */
async function linesOf(xterm: Terminal): Promise<string[]> {
  await new Promise<void>((resolve) => xterm.write('', resolve))
  const { active } = xterm.buffer
  const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '')
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
}

const bars = (n: number): string[] => Array.from({ length: n }, (_, i) => `#${i}`)

/** What programs write: text, ends of lines, a line that is drawn again, colours, a block of lines that is drawn again. */
const output = fc.oneof(
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\w .]/g, 'x')),
  fc.constantFrom('\r\n', '\r\n\r\n', '\r', '\u001b[2K\u001b[1G', '\u001b[0K', '\u001b[31m', '\r\n\r\n\u001b[2A'),
)
const drawing = fc.record({ bars: fc.nat(9) })

it('shows a program’s output to the last character as a terminal of its own would, and bars below it', async () => {
  const scene = fc.array(fc.oneof({ weight: 3, arbitrary: output }, drawing), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(scene, fc.integer({ min: 7, max: 30 }), async (steps, rows) => {
      const alone = new Terminal({ cols: COLUMNS, rows: 200, allowProposedApi: true })
      const { screen, xterm } = terminal(rows)
      let shown = 0
      for (const step of steps) {
        if (typeof step === 'string') [alone, xterm].forEach((one) => one.write(step))
        else {
          await linesOf(alone)
          // No terminal remembers over a movement that the next character belongs in the next row.
          if (alone.buffer.active.cursorX === COLUMNS) continue
          screen.show(bars((shown = Math.min(step.bars, screen.room.rows))))
        }
      }
      const lines = await linesOf(xterm)
      expect(lines.filter((line) => BARS.test(line))).toEqual(bars(shown))
      screen.close()
      expect(await linesOf(xterm)).toEqual(await linesOf(alone))
    }),
    { numRuns: cases(60, 3000) },
  )
})

it('draws the bars again where a program has erased them, and after the terminal was resized', async () => {
  const { screen, xterm, output } = terminal(24)
  xterm.write('first\r\n')
  screen.show(bars(3))
  xterm.write('second\r\n\u001b[J')
  screen.show(bars(3))
  expect(await linesOf(xterm)).toEqual(['first', 'second', ...Array<string>(19).fill(''), ...bars(3)])
  xterm.resize(COLUMNS, 12)
  Object.assign(output, { rows: 12 }).emit('resize')
  for (let i = 0; i < 20; i++) xterm.write(`line ${i}\r\n`)
  screen.show(bars(3))
  expect((await linesOf(xterm)).slice(-5)).toEqual(['line 19', '', ...bars(3)])
  screen.close()
  expect((await linesOf(xterm)).filter((line) => line !== '')).toEqual([
    'first',
    'second',
    ...Array.from({ length: 20 }, (_, i) => `line ${i}`),
  ])
})

it('leaves a terminal alone that has no room for bars', async () => {
  const { screen, xterm } = terminal(6)
  xterm.write('only\r\n')
  screen.show(bars(3))
  expect(await linesOf(xterm)).toEqual(['only'])
})

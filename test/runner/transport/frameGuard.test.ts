import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ReadableStreamMessageReader } from 'vscode-jsonrpc/node.js'
import { FrameGuard } from '../../../src/runner/transport/frameGuard.ts'
import { cases, STRESS } from '../../stress.ts'

const PIECES = [
  'Content-Length: ',
  'content-length:',
  'Content-Type: x',
  '2',
  '3',
  '10',
  '4 x',
  '\t',
  ' ',
  '\r\n',
  '\r\n\r\n',
  '\r',
  '\n',
  '\r\r\n\r\n',
  ':',
  'X: y',
  '{}',
  '[]',
  '1',
  'null',
  '\u0000',
  '0',
  '-1',
  '00',
  '2\r\n\r\n{}',
]

const frame = fc
  .tuple(fc.constantFrom('{}', '[]', '{"a":1}'), fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }), fc.boolean())
  .map(([body, pieces, first]) => {
    const [length, other] = [`Content-Length: ${body.length}`, pieces.join('')]
    const header = other === '' ? [length] : first ? [other, length] : [length, other]
    return `${header.join('\r\n')}\r\n\r\n${body}`
  })
const whole = fc.constantFrom('{}', '[1]', '{"a":1}').map((body) => `Content-Length: ${body.length}\r\n\r\n${body}`)
const stream = fc
  .array(
    fc.oneof(
      whole,
      whole,
      frame,
      fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((all) => all.join('')),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''))

/** In the usual run of tests, the streams are few and always the same. */
const numRuns = cases(1500, 50_000)

it('refuses every stream that the reader behind it would read differently', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(
      stream,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      async (text, cuts) => {
        const guard = new FrameGuard()
        let feed: (chunk: Uint8Array) => void = () => {}
        let read = 0
        const none = () => ({ dispose: () => {} })
        const reader = new ReadableStreamMessageReader({
          onData: (listener: (chunk: Uint8Array) => void) => ((feed = listener), none()),
          onEnd: none,
          onError: none,
          onClose: none,
        })
        reader.partialMessageTimeout = 0
        reader.listen(() => read++)
        reader.onError(() => read++)
        const bytes = Buffer.from(text, 'latin1')
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const chunk = bytes.subarray(at, at + cuts[i % cuts.length]!)
          if (guard.check(chunk) !== null) return
          feed(chunk)
          at += chunk.length
        }
        await new Promise((resolve) => setImmediate(resolve))
        accepted++
        expect(read).toBe(guard.frames)
      },
    ),
    { numRuns, ...(STRESS ? {} : { seed: 1 }) },
  )
  expect(accepted).toBeGreaterThan(0)
})

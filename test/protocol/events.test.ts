import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '../../src/protocol/events.ts'
import { plainText } from '../../src/protocol/plainText.ts'
import { history } from './arbitraryEvents.ts'
import { stepEvent } from '../run/events.ts'
import { cases, STRESS } from '../stress.ts'

const malformed = (value: unknown): string => {
  const parsed = parseEvent(value)
  return 'malformed' in parsed ? parsed.malformed : 'accepted'
}

describe('the schema of events', () => {
  it('accepts every event of a run after a round trip through JSON', () => {
    fc.assert(
      fc.property(history, (events) => {
        for (const event of events) {
          // JSON turns -0 into 0, and escapes a lone surrogate.
          const written = JSON.parse(JSON.stringify(event)) as unknown
          expect(parseEvent(written)).toEqual({ event: written })
        }
      }),
    )
  })

  it('rejects numbers that JSON cannot represent, and counts beyond the safe integers', () => {
    const step = JSON.stringify(stepEvent(0))
    expect(malformed(JSON.parse(step.replace(/"time":[\d.]+/, '"time":1e999')))).toMatch(/^time: .*received Infinity/)
    expect(malformed(JSON.parse(step.replace(/"seq":\d+/, '"seq":1e300')))).toMatch(/^seq: .*safe integer/)
    expect(malformed({ ...stepEvent(0), loss: Infinity })).toMatch(/^loss: /)
    expect(malformed({ ...stepEvent(0), loss: NaN })).toMatch(/^loss: /)
  })

  it.each([
    ['no object', 12, /Expected Object/],
    ['nothing', undefined, /Expected Object/],
    ['an unknown type', { ...stepEvent(0), type: 'stepp' }, /^type: /],
    ['another author', { ...stepEvent(0), by: 'somebody' }, /^by: /],
    ['a negative number', { ...stepEvent(0), seq: -1 }, /^seq: /],
    ['a fraction for a count', { ...stepEvent(0), step: 1.5 }, /^step: /],
    ['a missing field', { ...stepEvent(0), loss: undefined }, /^loss: /],
    [
      'a mistake deep inside',
      { type: 'model', seq: 0, by: 'trainer', time: 1, layers: [{ id: 'conv', name: 'conv', kind: 7 }] },
      /^layers\.0\.kind: /,
    ],
  ])('names what is malformed: %s', (_, value, named) => expect(malformed(value)).toMatch(named))

  it('quotes a long value only in part', () => {
    const said = malformed({ ...stepEvent(0), step: 'x'.repeat(1_000_000) })
    expect(said).toMatch(/^step: .*more characters\)$/)
    expect(said.length).toBeLessThan(2100)
  })

  it('accepts the longest possible command-line argument', () => {
    const args = ['x'.repeat(128 * 1024)]
    const started = { type: 'run started', seq: 0, by: 'session', time: 1, protocol: 1, script: 's', args, cwd: '/' }
    expect(malformed(started)).toBe('accepted')
  })
})

describe('foreign texts', () => {
  // eslint-disable-next-line no-control-regex
  const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

  it('become one visible line, no longer than they were, and stay so', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom('\x1b]0;x\x07', '\x1b[31m', '\r\n', '\u202e', '\u2066', '\x9b2J', 'ä', '😀'),
        fc.string({ unit: 'binary' }),
      ),
    )
    fc.assert(
      fc.property(hostile, (parts) => {
        const shown = plainText(parts.join(''))
        expect(shown).not.toMatch(HARMFUL)
        expect(shown.length).toBeLessThanOrEqual(parts.join('').length)
        expect(plainText(shown)).toBe(shown)
      }),
      { numRuns: cases(200, 5000), ...(STRESS ? {} : { seed: 1 }) },
    )
    expect(plainText('conv2d_1 日本語 😀 é')).toBe('conv2d_1 日本語 😀 é')
    expect(plainText('\x1b[31mtwo\r\nlines\t\u202ex')).toBe('␛[31mtwo lines �x')
  })

  it('are made harmless when an event is read, but paths and arguments stay as they are', () => {
    const odd = '\x1b]0;owned\x07a\u202e'
    const layer = {
      id: odd,
      name: odd,
      kind: odd,
      site: { file: odd, line: 1, column: 1 },
      width: 1,
      widthProperty: null,
    }
    const rest = {
      outputShape: null,
      parameters: 0,
      activation: odd,
      inbound: [odd],
      isOutput: false,
      notMeasured: odd,
    }
    const parsed = parseEvent({ type: 'model', seq: 0, by: 'trainer', time: 1, layers: [{ ...layer, ...rest }] })
    const texts = JSON.parse(JSON.stringify(parsed)) as { event: { layers: Record<string, unknown>[] } }
    const [read] = texts.event.layers
    expect(read).toMatchObject({
      site: { file: odd },
      id: '␛]0;owned␇a�',
      name: '␛]0;owned␇a�',
      inbound: ['␛]0;owned␇a�'],
    })
    expect(JSON.stringify({ ...read, site: null })).not.toMatch(/\\u001b|\u202e/)
  })
})

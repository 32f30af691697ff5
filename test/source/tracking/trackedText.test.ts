import { describe, expect, test } from 'vitest'
import { afterChanges, isEdited, type Change, type Tracked } from '../../../src/source/tracking/trackedText.ts'

const DENSE = 'dense({ units: 3 })'
const CONV = 'conv2d({ filters: 8 })'

/** A document under edit, with a tracked piece for every `originals` in it. */
class Page {
  text: string
  pieces: Tracked[]

  constructor(text: string, ...originals: string[]) {
    this.text = text
    let from = 0
    this.pieces = originals.map((original) => {
      const start = text.indexOf(original, from)
      from = start + original.length
      return { start, end: from, original, lost: false }
    })
  }

  /** Replaces at once the first occurrence of each first text by the second, as several cursors would. */
  edit(...replacements: (readonly [string, string])[]): this {
    return this.change(
      ...replacements.map(([old, text]) => ({
        rangeOffset: this.text.indexOf(old),
        rangeLength: old.length,
        text,
      })),
    )
  }

  change(...changes: Change[]): this {
    for (const { rangeOffset, rangeLength, text } of [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)) {
      this.text = this.text.slice(0, rangeOffset) + text + this.text.slice(rangeOffset + rangeLength)
    }
    this.pieces = afterChanges(this.pieces, changes, this.text)
    return this
  }

  insert(offset: number, text: string): this {
    return this.change({ rangeOffset: offset, rangeLength: 0, text })
  }

  /** What each piece covers now: its text, with ! when it counts as edited, or `lost`. */
  get state(): string[] {
    return this.pieces.map((piece) => {
      if (piece.lost) return 'lost'
      return this.text.slice(piece.start, piece.end) + (isEdited(piece, this.text) ? '!' : '')
    })
  }
}

describe.each(['\n', '\r\n'])('with line ends %j', (end) => {
  const page = () => new Page(['// top', `tf.${CONV},`, `tf.${DENSE}`, '// end'].join(end), CONV, DENSE)

  test('edits above and below move, and leave unedited', () => {
    const p = page()
      .edit(['// top', `import x${end}${end}// top`])
      .edit(['// end', ''])
      .insert(0, `a${end}`)
    expect(p.state).toEqual([CONV, DENSE])
  })

  test('lines removed above', () => {
    expect(page().edit([`// top${end}`, '']).state).toEqual([CONV, DENSE])
  })

  test('edits inside count, and undoing them does not', () => {
    const p = page().edit(['units: 3', 'units: 32'])
    expect(p.state).toEqual([CONV, 'dense({ units: 32 })!'])
    expect(p.edit(['units: 32', 'units: 3']).state).toEqual([CONV, DENSE])
  })

  test('formatting inside does not count', () => {
    const p = page().edit(['{ units: 3 }', `{${end}  units: 3,${end}}`])
    expect(p.state).toEqual([CONV, `dense({${end}  units: 3,${end}})`])
  })

  test('several cursors at once, in any order', () => {
    const p = page().edit(['units: 3', 'units: 4'], ['// top', ''], ['filters: 8', 'filters: 16'])
    expect(p.state).toEqual(['conv2d({ filters: 16 })!', 'dense({ units: 4 })!'])
    p.edit([`,${end}tf.`, `,${end}tf.layers.`], ['tf.', 'tf.layers.'])
    expect(p.state).toEqual(['conv2d({ filters: 16 })!', 'dense({ units: 4 })!'])
  })

  test('deleted as a whole, then undone', () => {
    const p = page().edit([`tf.${DENSE}${end}`, ''])
    expect(p.state).toEqual([CONV, 'lost'])
    expect(p.edit(['// end', `tf.${DENSE}${end}// end`]).state).toEqual([CONV, DENSE])
  })

  test('cut and pasted elsewhere', () => {
    const p = page()
      .edit([`tf.${DENSE}${end}`, ''])
      .insert(0, `tf.${DENSE}${end}`)
    expect(p.state).toEqual([CONV, DENSE])
    expect(p.pieces[1]?.start).toBe(3)
  })
})

test('text directly before or behind does not belong to a piece', () => {
  const p = new Page(DENSE, DENSE).insert(0, 'x.').insert(2 + DENSE.length, '.apply(y)')
  expect(p.state).toEqual([DENSE])
})

test('the name replaced at its start counts, and undoing that does not', () => {
  const p = new Page(`tf.${DENSE}`, DENSE).edit(['dense', ''])
  expect(p.state).toEqual(['({ units: 3 })!'])
  p.insert(3, 'conv')
  expect(p.state).toEqual(['({ units: 3 })!'])
  expect(p.edit(['conv', 'dense']).state).toEqual([DENSE])
})

test('a selection over either end damages a piece until it is undone', () => {
  const over = new Page(`model.add(tf.${DENSE})`, DENSE).edit(['3 }))', '4'])
  expect(over.state).toEqual(['dense({ units: !'])
  expect(over.edit(['4', '3 }))']).state).toEqual([DENSE])
  const front = new Page(`model.add(tf.${DENSE})`, DENSE).edit(['tf.den', 'x'])
  expect(front.state).toEqual(['se({ units: 3 })!'])
  expect(front.edit(['xse', 'tf.dense']).state).toEqual([DENSE])
})

test('equal definitions that come back together each get a place of their own, in order', () => {
  const text = `tf.${DENSE}\ntf.${DENSE}\n`
  const p = new Page(text, DENSE, DENSE).edit([text, ''])
  expect(p.state).toEqual(['lost', 'lost'])
  p.insert(0, text)
  expect(p.state).toEqual([DENSE, DENSE])
  expect(p.pieces.map((piece) => piece.start)).toEqual([3, 4 + DENSE.length + 3])
})

test('a copy pasted elsewhere does not take the piece along', () => {
  const p = new Page(`a\ntf.${DENSE}`, DENSE).insert(0, `tf.${DENSE}\n`)
  expect(p.pieces[0]?.start).toBe(3 + DENSE.length + 1 + 2 + 3)
})

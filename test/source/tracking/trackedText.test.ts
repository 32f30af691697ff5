import { describe, expect, test } from 'vitest'
import { afterChanges, isEdited, type Change, type TrackedText } from '../../../src/source/tracking/trackedText.ts'

const DENSE = 'dense({ units: 3 })'
const CONV = 'conv2d({ filters: 8 })'

/** A document that is edited, with a tracked piece for each of the `originals`. */
class EditedDocument {
  text: string
  pieces: TrackedText[]

  constructor(text: string, ...originals: string[]) {
    this.text = text
    let from = 0
    this.pieces = originals.map((original) => {
      const start = text.indexOf(original, from)
      from = start + original.length
      return { start, end: from, original, lost: false }
    })
  }

  /** Replaces several texts at once, as several cursors do: the first occurrence of each first text by the second. */
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

  /** What each piece covers now: `lost`, or its text, with `!` when it counts as edited. */
  get state(): string[] {
    return this.pieces.map((piece) => {
      if (piece.lost) return 'lost'
      return this.text.slice(piece.start, piece.end) + (isEdited(piece, this.text) ? '!' : '')
    })
  }
}

describe.each(['\n', '\r\n'])('with line ends %j', (end) => {
  const page = () => new EditedDocument(['// top', `tf.${CONV},`, `tf.${DENSE}`, '// end'].join(end), CONV, DENSE)

  test('edits above and below move a piece but do not count as edits of it', () => {
    const p = page()
      .edit(['// top', `import x${end}${end}// top`])
      .edit(['// end', ''])
      .insert(0, `a${end}`)
    expect(p.state).toEqual([CONV, DENSE])
  })

  test('lines removed above', () => {
    expect(page().edit([`// top${end}`, '']).state).toEqual([CONV, DENSE])
  })

  test('an edit inside counts until it is undone', () => {
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

test('text directly before or after a piece does not belong to it', () => {
  const p = new EditedDocument(DENSE, DENSE).insert(0, 'x.').insert(2 + DENSE.length, '.apply(y)')
  expect(p.state).toEqual([DENSE])
})

test('replacing the name at the start counts until it is undone', () => {
  const p = new EditedDocument(`tf.${DENSE}`, DENSE).edit(['dense', ''])
  expect(p.state).toEqual(['({ units: 3 })!'])
  p.insert(3, 'conv')
  expect(p.state).toEqual(['({ units: 3 })!'])
  expect(p.edit(['conv', 'dense']).state).toEqual([DENSE])
})

test('replacing a selection over either end damages a piece until it is undone', () => {
  const over = new EditedDocument(`model.add(tf.${DENSE})`, DENSE).edit(['3 }))', '4'])
  expect(over.state).toEqual(['dense({ units: !'])
  expect(over.edit(['4', '3 }))']).state).toEqual([DENSE])
  const front = new EditedDocument(`model.add(tf.${DENSE})`, DENSE).edit(['tf.den', 'x'])
  expect(front.state).toEqual(['se({ units: 3 })!'])
  expect(front.edit(['xse', 'tf.dense']).state).toEqual([DENSE])
})

test('equal definitions that are restored together each get a place of their own, in order', () => {
  const text = `tf.${DENSE}\ntf.${DENSE}\n`
  const p = new EditedDocument(text, DENSE, DENSE).edit([text, ''])
  expect(p.state).toEqual(['lost', 'lost'])
  p.insert(0, text)
  expect(p.state).toEqual([DENSE, DENSE])
  expect(p.pieces.map((piece) => piece.start)).toEqual([3, 4 + DENSE.length + 3])
})

test('pasting a copy elsewhere does not move the piece', () => {
  const p = new EditedDocument(`a\ntf.${DENSE}`, DENSE).insert(0, `tf.${DENSE}\n`)
  expect(p.pieces[0]?.start).toBe(3 + DENSE.length + 1 + 2 + 3)
})

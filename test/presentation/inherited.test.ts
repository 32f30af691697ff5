import { expect, it } from 'vitest'
import { asSentence, describeInherited } from '../../src/presentation/inherited.ts'
import type { Inheritance } from '../../src/protocol/events.ts'

const layers = (...hows: Inheritance['how'][]): Inheritance[] =>
  hows.map((how, i) => ({ layer: `layer${i}`, how, reason: how === 'left' ? 'it is new' : null }))

it('says how many layers have inherited, how, and which have not', () => {
  expect(describeInherited({ inherited: null })).toBeNull()
  const described = (...hows: Inheritance['how'][]) =>
    describeInherited({ inherited: { from: 'a', layers: layers(...hows) } })
  expect(described('copied')).toBe('inherits 1 of 1 layer from a')
  expect(described('copied', 'narrowed', 'grown', 'narrowed')).toBe(
    'inherits 4 of 4 layers from a (2 narrowed, 1 grown)',
  )
  expect(described('copied', 'left')).toBe('inherits 1 of 2 layers from a; left as made: layer1 (it is new)')
  expect(described(...Array<'left'>(12).fill('left'))).toContain('layer9 (it is new) and 2 more')
  expect(asSentence('inherits all')).toBe('Inherits all.')
})

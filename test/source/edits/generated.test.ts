import { parse } from '@babel/parser'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { build, change } from './builtPrograms.ts'
import { cases } from '../../stress.ts'

/** A piece of a program: what comes at its top and in its body, for widths and a number that makes its names unique. */
interface Piece {
  top: string
  body: string
  /** Names of its layers, in the order of construction. */
  names: string[]
}
type Form = (id: number, a: number, b: number) => Piece

const dense = (name: string, units: string) => `tf.layers.dense({ name: '${name}', units: ${units} })`
const named = (id: number, ...letters: string[]) => letters.map((letter) => `${letter}${id}`)
const FORMS: Form[] = [
  (i, a) => ({ top: '', body: dense(`x${i}`, `${a}`), names: named(i, 'x') }),
  (i, a) => ({ top: '', body: dense(`x${i}`, `0x${a.toString(16)} /* wide */`), names: named(i, 'x') }),
  (i, a) => ({ top: `const W${i} = ${a} // features`, body: dense(`x${i}`, `W${i}`), names: named(i, 'x') }),
  (i, a, b) => ({
    top: `const c${i} = { units: ${a}, other: ${b} }`,
    body: `tf.layers.dense({ name: 'x${i}', ...c${i}, useBias: false }); ${dense(`y${i}`, `c${i}.other`)}`,
    names: named(i, 'x', 'y'),
  }),
  (i, a, b) => ({
    top: '',
    body: `for (const [j, u] of [${a},\n ${b}].entries()) tf.layers.dense({ name: ['x${i}', 'y${i}'][j], units: u })`,
    names: named(i, 'x', 'y'),
  }),
  (i, a, b) => ({
    top: `const l${i} = [{ name: 'x${i}', units: ${a} }, { name: 'y${i}', units: ${b} }]`,
    body: `l${i}.map((c) => tf.layers.dense(c))`,
    names: named(i, 'x', 'y'),
  }),
  (i, a, b) => ({
    top: `const f${i} = (tf, name, units = ${a}) => tf.layers.dense({ name, units })`,
    body: `f${i}(tf, 'x${i}'); f${i}(tf, 'y${i}', ${b})`,
    names: named(i, 'x', 'y'),
  }),
  (i, a, b) => ({
    top: `class N${i} { units = ${a}; constructor(tf, n) { this.n = n; ${dense(`x${i}`, 'this.units')}; ${dense(`y${i}`, 'this.n')} } }`,
    body: `new N${i}(tf, ${b})`,
    names: named(i, 'x', 'y'),
  }),
  (i, a, b) => ({
    top: `class B${i} { units = ${a}; build(tf) { ${dense(`x${i}`, 'this.units')} } }; class S${i} extends B${i} { units = ${b} }`,
    body: `new S${i}().build(tf)`,
    names: named(i, 'x'),
  }),
  (i, a) => ({
    top: '',
    body: dense(`x${i}`, `Number(process.env.NO_SUCH_${i} ?? '${a}')`),
    names: named(i, 'x'),
  }),
  (i, a, b) => ({
    top: `const { w: [p${i}], z: { q: q${i} = ${b} } } = { w: [${a}], z: {} }`,
    body: `${dense(`x${i}`, `p${i}`)}; ${dense(`y${i}`, `q${i}`)}`,
    names: named(i, 'x', 'y'),
  }),
  (i, a) => ({ top: `const k${i} = ${a}`, body: dense(`x${i}`, `k${i} * 2`), names: named(i, 'x') }),
  (i, a) => ({
    top: `const s${i} = ${a}`,
    body: `${dense(`x${i}`, `s${i}`)}; ${dense(`y${i}`, `s${i}`)}`,
    names: named(i, 'x', 'y'),
  }),
]

const width = fc.integer({ min: 2, max: 400 })
const program = fc.array(fc.tuple(fc.nat(FORMS.length - 1), width, width), { minLength: 1, maxLength: 6 })
/** Which layers are to change, and to what. */
const wishes = fc.array(fc.option(width), { minLength: 12, maxLength: 12 })

test('edits of generated programs change the widths that are wanted, as overrides do, and nothing else', () => {
  fc.assert(
    fc.property(program, wishes, (parts, wanted) => {
      const pieces = parts.map(([form, a, b], i) => FORMS[form]!(i, a, b))
      const text = [
        ...pieces.map(({ top }) => top),
        'module.exports = (tf) => {',
        ...pieces.map(({ body }) => body),
        '}',
      ]
      const files = { 'main.cjs': text.join('\n') }
      const names = pieces.flatMap((piece) => piece.names)
      const goalOf = (i: number): number[] => [wanted[i] ?? []].flat()
      const goals = Object.fromEntries(names.flatMap((_, i) => goalOf(i).map((to) => [i, to])))
      const changed = change(files, goals)
      const isEdited = (i: number) => changed.edited.includes(names[i]!)
      expect(changed.after).toEqual(changed.before.map((before, i) => (isEdited(i) ? (wanted[i] ?? before) : before)))
      const differences = differencesOf(files['main.cjs'], changed.files['main.cjs']!)
      expect(differences).toBe(changed.edits.length)
      const overridden = names.flatMap((layer, i) =>
        isEdited(i) ? goalOf(i).map((value) => ({ layer, property: 'units', value })) : [],
      )
      expect(build(files, overridden).configs).toEqual(changed.configs)
    }),
    { numRuns: cases(10, 300) },
  )
})

/** How many literals differ between two texts. @throws where anything else does. */
function differencesOf(before: string, after: string): number {
  let count = 0
  const compare = (a: unknown, b: unknown): void => {
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      if (a !== b) throw new Error(`${String(a)} has become ${String(b)}.`)
      return
    }
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
    if (left['type'] === 'NumericLiteral' || left['type'] === 'StringLiteral') {
      expect(right['type']).toBe(left['type'])
      if (left['value'] !== right['value']) count++
      return
    }
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
      if (!['start', 'end', 'loc'].includes(key)) compare(left[key], right[key])
  }
  compare(parse(before).program, parse(after).program)
  return count
}

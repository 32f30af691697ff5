import { parseOverride } from '../../protocol/overrides.ts'

/** A property that is varied: the text forms of one override for each value. */
export interface Axis {
  /** `conv*.filters` */
  readonly name: string
  /** `conv*.filters=8` and so on, each a valid override; at least one. */
  readonly texts: readonly string[]
}

/** Values of one axis at most. */
const MAX_VALUES = 1000

/**
 * Reads what is varied: `conv*.filters=8,16,32`, or whole numbers from one to another, `input.size=16..32:8`, in steps of
 * 1 where none is given.
 * @returns the axis, or a sentence that says what is wrong with the text.
 */
export function parseAxis(text: string): { axis: Axis } | { malformed: string } {
  const [, name, list] = /^(.+?\.[A-Za-z_$][\w$]*)=(.*)$/s.exec(text.trim()) ?? []
  if (name === undefined || list === undefined)
    return { malformed: 'It is LAYER.property=values: conv*.filters=8,16,32 or input.size=16..32:8.' }
  const texts: string[] = []
  for (const part of splitList(list)) {
    const values = rangeIn(part) ?? [part]
    if (typeof values === 'string') return { malformed: values }
    for (const value of values) {
      const written = `${name}=${value}`
      const parsed = parseOverride(written)
      if ('malformed' in parsed) return { malformed: `${written}: ${parsed.malformed}` }
      if (!texts.includes(written)) texts.push(written)
    }
  }
  if (texts.length > MAX_VALUES)
    return { malformed: `${name} has ${texts.length} values; ${MAX_VALUES} can be varied.` }
  return { axis: { name, texts } }
}

/** The parts between commas that are in no brackets and no quotes. */
function splitList(list: string): string[] {
  const parts = list.match(/(?:\[[^\]]*\]|\{[^}]*\}|"(?:[^"\\]|\\.)*"|[^,])+/g) ?? ['']
  return parts.map((part) => part.trim())
}

/** The numbers of a range; null where the text is none, and a sentence where it is one without numbers. */
function rangeIn(text: string): string[] | string | null {
  const [, from, to, by = '1'] = /^(-?\d+)\.\.(-?\d+)(?::(-?\d+))?$/.exec(text) ?? []
  if (from === undefined) return null
  const [first, last, step] = [Number(from), Number(to), Number(by)]
  const count = Math.floor((last - first) / step) + 1
  if (!(step > 0 && count >= 1))
    return `${text} holds no number: a range is from the smaller to the larger, as 16..32:8.`
  if (count > MAX_VALUES) return `${text} has ${count} values; ${MAX_VALUES} can be varied.`
  return Array.from({ length: count }, (_, i) => String(first + i * step))
}

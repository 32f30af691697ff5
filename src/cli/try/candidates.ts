import { createHash } from 'node:crypto'
import type { TriedCandidate } from '../../experiments/tryCandidates.ts'
import { parseOverride, type Override } from '../../protocol/overrides.ts'
import { UsageError } from '../console/usageError.ts'

/** Characters of a log's name at most. */
const MAX_FILE_NAME = 80
/** Hexadecimal digits that tell candidates of the same name apart. */
const HASH_LENGTH = 8

/**
 * The candidates of a study: one for each text, or one with what is set alone where there is no text.
 * @param set what all candidates have
 * @param texts overrides each, comma between: `hidden2.units=104,hidden3.units=64`
 * @throws UsageError when there is none, or a text holds no overrides.
 */
export function candidatesOf(set: readonly Override[], texts: readonly string[]): TriedCandidate[] {
  if (set.length === 0 && texts.length === 0)
    throw new UsageError('Nothing is to be tried: give it with --set hidden2.units=104, or several with --candidate.')
  const candidates = texts.length === 0 ? [[...set]] : texts.map((text) => [...set, ...overridesIn(text)])
  const names = candidates.map((overrides) => overrides.map(textOf).join(','))
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`${twice} is given twice.`)
  return candidates.map((overrides, i) => ({ name: names[i]!, file: fileName(names[i]!), overrides }))
}

/** A comma may be within a value, as in `conv.kernelSize=[5,5]`, so a part without `=` belongs to the one before. */
function overridesIn(candidate: string): Override[] {
  const texts = candidate.split(/,(?=[^,=[\]{}"]+=)/)
  return texts.map((text) => {
    const parsed = parseOverride(text)
    if ('malformed' in parsed) throw new UsageError(`${text || candidate}: ${parsed.malformed}`)
    return parsed.override
  })
}

function textOf({ layer, property, value }: Override): string {
  return `${layer}.${property}=${typeof value === 'string' ? value : JSON.stringify(value)}`
}

/**
 * A name for files that holds what is changed, and no character that a file system or shell reads otherwise. A candidate
 * has the same one in every study.
 */
function fileName(name: string): string {
  const plain = name.replaceAll(/[^\w.=,-]/g, '_')
  if (plain === name && plain.length <= MAX_FILE_NAME) return plain
  // Two candidates may differ only in characters that were replaced, or behind the end.
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH)
  return `${plain.slice(0, MAX_FILE_NAME)}~${hash}`
}

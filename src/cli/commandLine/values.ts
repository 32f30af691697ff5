import { InvalidArgumentError } from 'commander'
import { parseAxis, type Axis } from '../../experiments/sweep/axes.ts'
import { MAX_EMBEDDED_ROWS } from '../../protocol/measureOptions.ts'
import { parseOverride, type Override } from '../../protocol/overrides.ts'
import { engineAddress } from '../sweep/ray/rayJobs.ts'

// What stands behind an option, as its command takes it. Each throws an InvalidArgumentError, in a sentence that
// Commander prints behind the option's name.

/** Whole numbers above 0, comma between. */
export function sizes(text: string): number[] {
  return text.split(',').map((size) => whole(size.trim()))
}

/** One more axis of an option that may be repeated. */
export function axes(text: string, before: Axis[] = []): Axis[] {
  const parsed = parseAxis(text)
  if ('malformed' in parsed) throw new InvalidArgumentError(parsed.malformed)
  return [...before, parsed.axis]
}

/** One more text of an option that may be repeated. */
export function texts(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** The address of an engine, as HTTP. */
export function engine(text: string): string {
  const address = engineAddress(text)
  if (address === null) throw new InvalidArgumentError('It is the address of a Ray dashboard: ray://HOST:8265.')
  return address
}

/** A share in (0, 1]. The error for a percentage says which share it is. */
export function share(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1) return value
  const percentage = value > 1 && value <= 100 ? value : 3
  const example = `${Number((percentage / 100).toPrecision(6))} for ${percentage} %`
  throw new InvalidArgumentError(`It is a share above 0 and up to 1: ${example}.`)
}

/** A number of points or per cent, 0 or more. */
export function points(text: string): number {
  const value = Number(text)
  if (!(text.trim() !== '' && value >= 0 && value <= 100))
    throw new InvalidArgumentError('It is a number from 0 to 100.')
  return value
}

/** One more share of an option that may be repeated. */
export function shares(text: string, before: number[] = []): number[] {
  return [...before, share(text)]
}

/** A whole number above 0. */
export function whole(text: string): number {
  const value = Number(text)
  if (!(Number.isSafeInteger(value) && value > 0)) throw new InvalidArgumentError('It is a whole number above 0.')
  return value
}

/** A whole number from 0 on. */
export function wholeOrNone(text: string): number {
  const value = Number(text)
  if (!(text.trim() !== '' && Number.isSafeInteger(value) && value >= 0))
    throw new InvalidArgumentError('It is a whole number from 0 on.')
  return value
}

/** A number of megabytes. */
export function megabytes(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a number of megabytes above 0.')
  return value
}

/** How many observations are to be embedded. */
export function embedded(text: string): number {
  const value = whole(text)
  if (value > MAX_EMBEDDED_ROWS) throw new InvalidArgumentError(`Up to ${MAX_EMBEDDED_ROWS} can be embedded.`)
  return value
}

/** One more override of an option that may be repeated. */
export function overrides(text: string, before: Override[] = []): Override[] {
  const parsed = parseOverride(text)
  if ('malformed' in parsed) throw new InvalidArgumentError(parsed.malformed)
  return [...before, parsed.override]
}

/** Patterns, comma between. */
export function list(text: string): string[] {
  return text.split(',').flatMap((pattern) => pattern.trim() || [])
}

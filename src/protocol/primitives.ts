import * as v from 'valibot'
import { plainText } from './plainText.ts'

/** A whole number, 0 or more, that a double holds exactly. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A text. The longest one in an event is a command-line argument, which Linux limits to 128 KiB. */
export const text = v.pipe(v.string(), v.maxLength(200_000))
/**
 * A foreign text that is only shown and compared: a name, a kind, a message. This is the one place where it is made
 * harmless, for all views at once. Paths and arguments are `text`, because they are used as they are.
 */
export const label = v.pipe(text, v.transform(plainText))
/** Most features of a layer. A spectrum of as many eigenvalues takes 128 MB. */
export const MAX_WIDTH = 2 ** 24
/** A number of features, or of eigenvalues. */
export const width = v.pipe(count, v.maxValue(MAX_WIDTH))
/** Milliseconds since the Unix epoch, as far as a Date reaches. */
export const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15))
/** A share of a whole, above 0. */
export const share = v.pipe(v.number(), v.gtValue(0), v.maxValue(1))
/** A finite number: JSON.parse reads 1e999 as infinity, which JSON.stringify would write as null. */
export const finite = v.pipe(v.number(), v.finite())
/** A number that is null when it is not finite, because JSON has no NaN or infinity. */
export const finiteOrNull = v.nullable(finite)

import * as v from 'valibot'

/** A whole number, 0 or more, that a double holds exactly. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A text. The longest one in an event is a command-line argument, which Linux limits to 128 KiB. */
export const text = v.pipe(v.string(), v.maxLength(200_000))
/** A finite number: JSON.parse reads 1e999 as infinity, which JSON.stringify would write as null. */
export const finite = v.pipe(v.number(), v.finite())
/** A number that is null when it is not finite, because JSON has no NaN or infinity. */
export const finiteOrNull = v.nullable(finite)

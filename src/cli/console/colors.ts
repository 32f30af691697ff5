import { createColors } from 'picocolors'

/** Painters for a terminal, or the same without colour: picocolors' own type. */
export type Colors = ReturnType<typeof createColors>

/** Colours for a stream. Picocolors looks at standard output alone, but bars go to the error output. */
export function colorsFor(stream: { isTTY?: boolean }): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  return createColors(!NO_COLOR && (forced || (stream.isTTY === true && TERM !== 'dumb')))
}

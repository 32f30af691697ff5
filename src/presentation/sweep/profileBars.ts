import type { Profile } from '../../comparison/sweep/profile.ts'

/** Bars of an eighth to a whole character. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** A profile in one line of text: a bar for each layer from the input on, as high as its saturation. */
export function profileBars({ layers }: Profile): string {
  return layers.map(({ saturation }) => BARS[Math.min(BARS.length - 1, Math.floor(saturation * BARS.length))]!).join('')
}

/** What the bars are, in a sentence. */
export const PROFILE_WORDS =
  'Profiles: saturation of each layer from input to output, without the output layer; a full bar is 100 %.'

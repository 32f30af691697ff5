import type { Sweep, SweptNetwork } from '../../comparison/sweep/sweep.ts'

/** Said below the table of a sweep: what the columns are, and how much chance may do. */
export function chanceWords({ networks, metric }: Sweep): string[] {
  const isRepeated = networks.some(({ runs }) => runs > 1)
  return [
    'saturation: mean over the layers but the last; evenness: 100 % where all of these are equally saturated.',
    ...(metric && !isRepeated
      ? ['Each network was trained once, so small differences may be chance: --seeds 3 trains each three times.']
      : []),
  ]
}

/** What to do after a sweep, in sentences. @param again the command that trains the recommended network */
export function sweepClosing(recommended: SweptNetwork | null, again: string | null, isInterrupted: boolean): string[] {
  const words = !recommended
    ? ['Nothing is recommended: no network was shown to be as good as the script as it is.']
    : [
        `Recommended: ${recommended.name}, the smallest that is not worse. Your source is as it was. To train so without an edit:`,
        ...(again === null ? [] : [`  ${again}`]),
      ]
  return isInterrupted ? ['Interrupted. The same command goes on from there: what has ended is not repeated.'] : words
}

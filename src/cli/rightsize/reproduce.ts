import type { FrontierRow } from '../../experiments/rightsized.ts'
import type { Override } from '../../protocol/overrides.ts'
import { overrideText } from '../sweep/trialArguments.ts'
import type { TrainedScript } from './trainings.ts'

/** The command line that trains a network again. @param inherits log of the run that it begins with */
export function reproduce(
  { overrides, inherits }: Pick<FrontierRow, 'overrides'> & { inherits: string | null },
  { script, args, flags }: TrainedScript,
): string {
  const words = ['saturation', 'run', ...(flags.npm ? ['--npm'] : [])]
  const sets = [...(flags.set ?? []), ...overrides].flatMap((override) => ['--set', overrideText(override)])
  return [...words, ...sets, ...(inherits === null ? [] : ['--inherit', inherits]), script, ...args]
    .map(quoted)
    .join(' ')
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

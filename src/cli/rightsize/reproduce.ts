import type { FrontierRow } from '../../experiments/rightsized.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { TrainedScript } from './trainings.ts'

/** The command line that trains a network again. @param inherits log of the run that it begins with */
export function reproduce(
  { overrides, inherits }: Pick<FrontierRow, 'overrides'> & { inherits: string | null },
  { script, args, flags }: TrainedScript,
): string {
  const words = ['saturation', 'run', ...(flags.npm ? ['--npm'] : [])]
  const sets = [...(flags.set ?? []), ...overrides].flatMap((override) => ['--set', textOf(override)])
  return shellWords([...words, ...sets, ...(inherits === null ? [] : ['--inherit', inherits]), script, ...args])
}

/** A command line as a POSIX shell reads it. */
export function shellWords(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

/** An override as `--set` reads it. */
export function textOf({ layer, property, value }: Override): string {
  return `${layer}.${property}=${JSON.stringify(value)}`
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

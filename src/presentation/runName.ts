import type { RunState } from '../run/state.ts'
import { describeOverrides } from './overrides.ts'

/** Characters of a name at most. */
const MAX_LENGTH = 80

/**
 * What a person calls a run: the script or npm script that was started. If another process of the command trains, its
 * script and arguments follow: `search.js › job.js 0.1`. Overrides come last: `train.js with hidden2.units = 24`.
 */
export function runName({ script, packageScript, args, attached, overrides }: RunState): string {
  const command = packageScript ?? fileName(script)
  const which = attached?.process ? words(attached.process, script, args) : ''
  const overridden = describeOverrides(overrides)
  const name = `${command}${which && ` › ${which}`}${overridden === null ? '' : ` with ${overridden}`}`
  return name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH - 1)}…` : name
}

function words(process: { script: string; args: string[]; thread: number }, script: string, args: string[]): string {
  const other = stem(process.script) !== stem(script)
  const sameArguments = !other && JSON.stringify(process.args) === JSON.stringify(args)
  return [
    ...(other ? [fileName(process.script)] : []),
    ...(sameArguments ? [] : process.args),
    ...(process.thread === 0 ? [] : [`(thread ${process.thread})`]),
  ].join(' ')
}

function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path
}

/** A file's name without its extension, which `process.argv` lacks if the person left it out. */
function stem(path: string): string {
  return fileName(path).replace(/\.\w+$/, '')
}

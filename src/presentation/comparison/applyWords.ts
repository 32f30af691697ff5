import type { ComparedNetwork } from '../../comparison/compareRuns.ts'
import { describeOverride, isMeantFor, isOfFitArguments, type Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'

/** Said of candidates that could not inherit. */
export const WITHOUT_WEIGHTS =
  'The script as it is has left no weights that can be inherited, so each candidate was trained from scratch.'

/**
 * How to apply what was tried, in sentences.
 * @param recommended null where nothing is
 * @param run a run of the recommended network
 * @param folder paths are shown relative to it
 */
export function applyWords(recommended: ComparedNetwork | null, run: RunState | null, folder: string): string[] {
  if (!recommended || !run)
    return ['Nothing is recommended: each candidate is worse than the script as it is, or failed.']
  const places = run.overrides
    .filter((override) => !isOfFitArguments(override))
    .map((override) => {
      const layers = run.layers.filter(({ name, site }) => isMeantFor(override, name, () => site))
      const sites = new Set(layers.flatMap(({ site }) => (site ? [`${relative(site.file, folder)}:${site.line}`] : [])))
      return sites.size === 0 ? changeWords(override) : `${changeWords(override)} (${[...sites].join(', ')})`
    })
  return [
    `Recommended: ${recommended.name}, the smallest that is not worse. Your source is as it was.`,
    `To apply it, change in the source: ${places.join('; ')}. To train so without an edit:`,
  ]
}

/** What is to be changed in the source: `hidden2.units = 24`, `leave out hidden3`, `resize the input to 24`. */
function changeWords(override: Override): string {
  const { layer, property, value } = override
  if (property === 'repeat')
    return value === 0 ? `leave out ${layer}` : `repeat ${layer} ${JSON.stringify(value)} times`
  if (layer === 'input' && property === 'size') return `resize the input to ${JSON.stringify(value)}`
  return describeOverride(override)
}

/** A path as seen from a folder, where it lies in there. */
function relative(file: string, folder: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file
}

import * as v from 'valibot'
import { compareRuns as compare } from '../../comparison/compareRuns.ts'
import { comparisonNotes } from '../../presentation/comparison/comparisonWords.ts'
import { comparisonJson } from '../../report/comparisonJson.ts'
import { Name, RunId, stateOf, tool, ToolError } from './tool.ts'

/** What changed from one run to others. */
export const compareRuns = tool({
  name: 'compare_runs',
  title: 'Compare runs',
  description:
    'Compares runs with the first of them: the metric that counts and whether its difference is more than noise, parameters, time per step, and width, saturation and verdict of each layer before and after.',
  input: v.object({
    runs: v.pipe(
      v.array(RunId),
      v.minLength(2),
      v.maxLength(10),
      v.description('the first is the one to compare with'),
    ),
    metric: v.optional(v.pipe(Name, v.description('metric to compare by, such as val_loss; else the one that counts'))),
  }),
  async answer({ runs: ids, metric }, runs) {
    const networks = []
    for (const id of ids) networks.push({ name: id, runs: [await stateOf(id, runs)] })
    const comparison = compare(networks, { metric: metric ?? null })
    if (metric !== undefined && !comparison.metric)
      throw new ToolError(`Not all of these runs report ${metric}. Reported are ${comparison.known.join(', ')}.`)
    return { ...comparisonJson(comparison), notes: comparisonNotes(comparison) }
  },
})

import * as v from 'valibot'
import { summarise } from '../../presentation/layer/summary.ts'
import { Name, RunId, stateOf, tool, ToolError } from './tool.ts'

/** Why a layer has its verdict. */
export const explainVerdict = tool({
  name: 'explain_verdict',
  title: 'Explain a verdict',
  description:
    'Explains the verdict on one layer of a run in sentences: what was measured, what follows from it and what does not, and why a width is or is not recommended.',
  input: v.object({ run: RunId, layer: v.pipe(Name, v.description('id or name of the layer, from list_layers')) }),
  async answer({ run, layer }, runs) {
    const state = await stateOf(run, runs)
    const found = state.layers.find(({ id }) => id === layer) ?? state.layers.find(({ name }) => name === layer)
    if (!found) throw new ToolError(`${run} has no layer ${layer}. list_layers has the names.`)
    const { name, verdict, verdictWord, train, evidence, explanation, advice, proven, limitedBy, narrowedFrom } =
      summarise(state, found)
    return {
      id: found.id,
      name,
      kind: found.kind,
      file: found.site?.file ?? null,
      line: found.site?.line ?? null,
      verdict,
      verdictWord,
      measured: train && { saturation: train.saturation, words: `${train.percent} saturated, ${train.dimensions}` },
      evidence,
      explanation,
      notMeasured: found.notMeasured,
      estimatedWidth: advice?.width ?? null,
      partners: advice?.partners?.names ?? [],
      proven,
      limitedBy,
      narrowedFrom,
    }
  },
})

import * as v from 'valibot'
import { rightSizePlan as planOf, type Target } from '../../advice/plan/rightSizePlan.ts'
import { keptWide, namesOf } from '../../presentation/proof/proofTable.ts'
import { proofBasis } from '../../presentation/proof/proofWords.ts'
import { costWords, effectWords } from '../../presentation/proof/rightSizeWords.ts'
import { TOLERANCES } from '../../protocol/proof.ts'
import { Name, RunId, stateOf, tool, ToolError } from './tool.ts'

/** Layers that a question may leave out at most. */
const MAX_LEFT_OUT = 1000

/** Narrower widths that a proof found for a run. */
export const rightSizePlan = tool({
  name: 'right_size_plan',
  title: 'Right-size plan',
  description:
    'The widths that a proof found for a run: narrower networks made from the trained one and evaluated on the script’s own validation data without further training. Each plan has a row for each group of layers (widths before and after, parameters saved), parameters, FLOPs and bytes before and after, the metric with a 95 % interval of its difference, and on what it rests. Rows can be left out; then nothing is predicted of the metric.',
  input: v.object({
    run: RunId,
    tolerance: v.optional(v.pipe(v.picklist(TOLERANCES), v.description('one plan alone; else all that there are'))),
    parameters: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description('instead: the largest plan of so many at most')),
    ),
    flops: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.description('instead: the largest plan of so many FLOPs at most'),
      ),
    ),
    without: v.optional(
      v.pipe(v.array(Name), v.maxLength(MAX_LEFT_OUT), v.description('ids or names of layers that stay as they are')),
    ),
  }),
  async answer({ run, tolerance, parameters, flops, without = [] }, runs) {
    const { proof, layers } = await stateOf(run, runs)
    if (!proof || proof.plans.length === 0)
      throw new ToolError(
        `No widths are proven in ${run}. A person can prove them with Prove Widths in VS Code, or saturation prove SCRIPT --from LOG.`,
      )
    const nameOf = namesOf(layers)
    const unknown = without.find((named) => !layers.some(({ id, name }) => id === named || name === named))
    if (unknown !== undefined) throw new ToolError(`${run} has no layer ${unknown}. list_layers has the names.`)
    const out = proof.groups.flatMap((group, index) =>
      group.layers.some((id) => without.includes(id) || without.includes(nameOf(id))) ? [index] : [],
    )
    const all = [...new Set(proof.plans.map((plan) => plan.tolerance))]
    const budget = flops === undefined ? parameters && { parameters } : { flops }
    const targets: Target[] = budget ? [budget] : tolerance ? [tolerance] : all
    const plans = targets.flatMap((target) => planOf(proof, target, new Set(out)) ?? [])
    if (plans.length === 0)
      throw new ToolError(
        `${run} has no plan ${budget ? `of ${flops ?? parameters} ${flops === undefined ? 'parameters' : 'FLOPs'} or fewer` : tolerance}, only ${proof.plans.map((plan) => `${plan.tolerance} (${plan.parameters} parameters, ${plan.flops ?? 'unknown'} FLOPs)`).join(', ')}.`,
      )
    return {
      metric: { name: proof.metric, better: proof.better, now: proof.value },
      plans: plans.map((plan) => ({
        tolerance: plan.tolerance,
        rows: plan.rows.map(({ layers: ids, from, to, chosen, parametersAlone, valueAlone }) => ({
          layers: ids.map((id) => {
            const site = layers.find((each) => each.id === id)?.site
            return { id, name: nameOf(id), file: site?.file ?? null, line: site?.line ?? null }
          }),
          ...{ from, to, chosen, valueAlone },
          parametersSaved: parametersAlone === null ? null : proof.parameters - parametersAlone,
        })),
        before: plan.before,
        after: plan.after,
        effect: plan.effect,
        words: `${costWords(proof, plan)} · ${effectWords(proof, plan)}`,
      })),
      basis: proofBasis(proof),
      keptWide: keptWide(proof, nameOf),
    }
  },
})

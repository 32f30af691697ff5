import * as v from 'valibot'
import { keptWide, namesOf } from '../../presentation/proof/proofTable.ts'
import { planInterval, planValue, proofBasis } from '../../presentation/proof/proofWords.ts'
import { TOLERANCES } from '../../protocol/proof.ts'
import { RunId, stateOf, tool, ToolError } from './tool.ts'

/** Narrower widths that a proof found for a run. */
export const rightSizePlan = tool({
  name: 'right_size_plan',
  title: 'Right-size plan',
  description:
    'The widths that a proof found for a run: narrower networks made from the trained one and evaluated on the script’s own validation data without further training. Each plan has its widths before and after, parameters, the metric with a 95 % interval of its difference, and on what it rests.',
  input: v.object({
    run: RunId,
    tolerance: v.optional(v.pipe(v.picklist(TOLERANCES), v.description('one plan alone; else all that there are'))),
  }),
  async answer({ run, tolerance }, runs) {
    const { proof, layers } = await stateOf(run, runs)
    if (!proof || proof.plans.length === 0)
      throw new ToolError(
        `No widths are proven in ${run}. A person can prove them with Prove Widths in VS Code, or saturation prove SCRIPT --from LOG.`,
      )
    const nameOf = namesOf(layers)
    const plans = proof.plans.filter((plan) => tolerance === undefined || plan.tolerance === tolerance)
    if (plans.length === 0)
      throw new ToolError(
        `${run} has no plan ${tolerance}, only ${proof.plans.map((plan) => plan.tolerance).join(', ')}.`,
      )
    return {
      metric: { name: proof.metric, better: proof.better, now: proof.value },
      parametersNow: proof.parameters,
      plans: plans.map((plan) => ({
        tolerance: plan.tolerance,
        layers: Object.entries(plan.widths).map(([id, to]) => {
          const layer = layers.find((each) => each.id === id)
          return {
            id,
            name: nameOf(id),
            file: layer?.site?.file ?? null,
            line: layer?.site?.line ?? null,
            from: layer?.width ?? null,
            to,
          }
        }),
        parameters: plan.parameters,
        value: plan.value,
        interval: plan.interval,
        words: `${planValue(proof, plan)}, 95 % interval of the difference ${planInterval(proof, plan)}`,
      })),
      basis: proofBasis(proof),
      keptWide: keptWide(proof, nameOf),
    }
  },
})

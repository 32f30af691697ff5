import * as v from 'valibot'
import { countUnderused, measuredLayers } from '../../advice/verdict.ts'
import { DEFAULT_THRESHOLDS } from '../../advice/verdictKind.ts'
import { runName } from '../../presentation/runName.ts'
import { tool } from './tool.ts'

/** Runs of an answer at most, where none is asked for. */
const DEFAULT_COUNT = 20

/** The runs that the other tools can be asked about. */
export const listRuns = tool({
  name: 'list_runs',
  title: 'List runs',
  description:
    'Lists recorded trainings of TensorFlow.js scripts, the latest first: id, what was run, how it ended, its metrics at the end, how many layers were measured and are underused. Ask this first: other tools take the ids.',
  input: v.object({
    count: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(100),
        v.description(`runs at most; ${DEFAULT_COUNT} when missing`),
      ),
    ),
  }),
  async answer({ count = DEFAULT_COUNT }, runs) {
    const listed = []
    for (const run of (await runs.list()).slice(0, count)) {
      const state = await run.state()
      if (!state) continue
      const { startedAt, ended, progress, lastEpoch, proof, overrides } = state
      listed.push({
        id: run.id,
        name: runName(state),
        script: state.script,
        startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
        ended: ended?.how ?? null,
        step: progress?.step ?? null,
        metrics: lastEpoch?.metrics ?? {},
        overrides,
        inheritsFrom: state.inherited?.from ?? null,
        layers: measuredLayers(state).length,
        underused: countUnderused(state, DEFAULT_THRESHOLDS),
        hasRightSizePlan: proof !== null && proof.plans.length > 0,
      })
    }
    return { runs: listed }
  },
})

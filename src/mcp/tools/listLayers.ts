import * as v from 'valibot'
import { reportOf } from '../../report/report.ts'
import { RunDigest } from '../../report/runDigest.ts'
import { RunId, stateOf, tool } from './tool.ts'

/** The layers of a run, with what their numbers say. */
export const listLayers = tool({
  name: 'list_layers',
  title: 'List layers',
  description:
    'Lists the layers of a run in the order of the forward pass: saturation (k / width, the share of dimensions that hold 99 % of the variance), the verdict on the width with its evidence, the line of source that constructs the layer, an estimated or proven width, and the layers whose widths have to change with it.',
  input: v.object({ run: RunId }),
  async answer({ run }, runs) {
    const { run: facts, layers, notMeasured } = reportOf(new RunDigest(await stateOf(run, runs)))
    return {
      run: { script: facts.script, ended: facts.how, delta: facts.delta, problems: facts.problems },
      layers: layers.map((row) => ({
        id: row.id,
        name: row.name,
        kind: row.kind,
        split: row.split,
        file: row.file,
        line: row.line,
        width: row.width,
        k: row.k,
        saturation: row.saturation,
        verdict: row.verdict,
        evidence: row.evidence,
        isProvisional: row.provisional,
        isOutput: row.isOutput,
        limitedBy: row.limitedBy,
        narrowedFrom: row.narrowedFrom,
        estimatedWidth: row.recommendedWidth,
        proven: row.proven,
        group: row.group,
      })),
      notMeasured,
    }
  },
})

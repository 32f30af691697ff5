import { findTail, type ProbedNetwork } from '../../comparison/contribution/tail.ts'
import { describeProbe, PROBE_HEADING, probeNotes, probeTable, tailWords } from '../../presentation/trials/probe.ts'
import { htmlChart } from './lineChart.ts'
import { htmlPage, htmlTable } from './page.ts'

/** A page with the probes of a script's network over the saturation of its layers. */
export function probePage(script: string, probe: ProbedNetwork): string {
  const tail = findTail(probe)
  const { layers: all } = probe
  const own = probe.own?.value ?? null
  const chart = htmlChart({
    title: PROBE_HEADING,
    categories: all.map((one) => one.name),
    lines: [
      { name: 'saturation', values: all.map(({ saturation }) => saturation), bars: true },
      {
        name: `${probe.metric} of the probe, with its 95 % interval`,
        values: all.map((one) => one.value),
        intervals: all.map((one) => one.interval),
      },
      ...(own === null
        ? []
        : [{ name: `${probe.metric} of the network itself`, values: all.map(() => own), dashed: true }]),
    ],
    shaded: tail?.kind === 'tail' ? { from: all.length - tail.layers.length, words: 'tail' } : null,
  })
  return htmlPage(`Probes of ${script}`, [
    ...tailWords(probe),
    chart,
    htmlTable(probeTable(probe)),
    describeProbe(probe),
    ...probeNotes(probe),
  ])
}

import type { ProbedNetwork } from '../../comparison/contribution/tail.ts'
import {
  describeProbe,
  PROBE_HEADING,
  probeNotes,
  probeTable as cellsOf,
  tailWords,
} from '../../presentation/trials/probe.ts'
import type { Colors } from '../console/colors.ts'
import { textTable } from '../console/plainTable.ts'

/** The probes of a network as a table, and what they say of its last layers. */
export function probeTable(probe: ProbedNetwork, colors: Colors): string {
  return [
    colors.bold(PROBE_HEADING),
    colors.dim(describeProbe(probe)),
    textTable(cellsOf(probe), ['layer', '']),
    ...tailWords(probe),
    ...probeNotes(probe).map((note) => `${colors.yellow('!')} ${note}`),
  ].join('\n')
}

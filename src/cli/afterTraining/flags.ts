import { DEFAULT_OPTIONS } from '../../protocol/measureOptions.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { RunFlags } from '../run/run.ts'

/** Options that all commands have which do something with a trained model. */
export interface AfterTrainingFlags {
  json?: true
  seconds: number
  from?: string
  log?: string
  node: string
  set?: Override[]
  live: boolean
  npm?: true
}

/** The options of `saturation run` that are meant. */
export function runFlags({ log, from, node, set, live, npm }: AfterTrainingFlags): RunFlags {
  const { convolution: conv, recurrent, window, halfLife, exactWidth } = DEFAULT_OPTIONS
  return {
    ...{ conv, recurrent, window, halfLife, exactWidth, node, live },
    ...{ delta: 0.99, budget: 0.03, rows: 'sampled', completeWasm: true, keepWeights: true, keepWeightsLimit: 256 },
    ...(from === undefined ? {} : { from }),
    ...(log === undefined ? {} : { log }),
    ...(set === undefined ? {} : { set }),
    ...(npm === undefined ? {} : { npm }),
  }
}

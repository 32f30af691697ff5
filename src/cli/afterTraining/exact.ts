import path from 'node:path'
import { compareWithExact } from '../../comparison/exact/compareWithExact.ts'
import { exactPage } from '../../report/html/exactPage.ts'
import { runScript } from '../run/run.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'
import { checkPage, writePage } from './page.ts'
import { printJson } from '../console/terminalText.ts'

/** Options of `saturation exact`. */
export interface ExactFlags extends AfterTrainingFlags {
  /** Name of the layer. */
  layer: string
  /** File for chart and table. */
  html?: string
}

/** Exit code where the script ended well, but nothing was compared. */
const NOTHING_COMPARED = 1

/**
 * Trains with a script, and compares the online covariance of a layer with the exact one at the last weights.
 * @returns the script's exit code; 1 where that is 0 and nothing could be compared.
 * @throws LaunchError or UsageError when nothing was started.
 */
export async function exactScript(script: string, args: string[], flags: ExactFlags): Promise<number> {
  const { layer, seconds, json = false, html } = flags
  checkPage(html)
  const run = runFlags(flags)
  return runScript(script, args, run, {
    task: { kind: 'exact', layer, delta: run.delta, seconds },
    ownsOutput: json,
    ended: ({ states }) => {
      const state = states.find((one) => compareWithExact(one) !== null)
      const compared = state ? compareWithExact(state) : null
      if (json) printJson(compared)
      if (state && compared) writePage(html, () => exactPage(path.basename(state.script), compared))
      return state ? 0 : NOTHING_COMPARED
    },
  })
}

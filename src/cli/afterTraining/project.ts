import path from 'node:path'
import { projectionPage } from '../../report/html/projectionPage.ts'
import { runScript } from '../run/run.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'
import { checkPage, writePage } from './page.ts'
import { printJson } from '../console/terminalText.ts'

/** Options of `saturation project`. */
export interface ProjectFlags extends AfterTrainingFlags {
  /** Points. */
  tolerance: number
  /** Per cent. */
  relativeTolerance: number
  /** File for chart and table. */
  html?: string
}

/** Exit code where the script ended well, but nothing was projected. */
const NOTHING_PROJECTED = 1

/**
 * Trains with a script, and projects the model's layers onto their eigenspaces at the end.
 * @returns the script's exit code; 1 where that is 0 and nothing could be projected.
 * @throws LaunchError or UsageError when nothing was started.
 */
export async function projectScript(script: string, args: string[], flags: ProjectFlags): Promise<number> {
  const { tolerance, relativeTolerance, seconds, json = false, html } = flags
  checkPage(html)
  const task = {
    kind: 'project' as const,
    tolerance: tolerance / 100,
    relativeTolerance: relativeTolerance / 100,
    seconds,
  }
  return runScript(script, args, runFlags(flags), {
    task,
    ownsOutput: json,
    ended: ({ states }) => {
      const state = states.find(({ projection }) => projection !== null)
      const projected = state?.projection ?? null
      if (json) printJson(projected)
      if (!state || !projected) return NOTHING_PROJECTED
      writePage(html, () => projectionPage(path.basename(state.script), projected))
      return 0
    },
  })
}

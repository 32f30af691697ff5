import path from 'node:path'
import * as vscode from 'vscode'
import type { Inherit } from '../../../protocol/handshake.ts'
import type { RunState } from '../../../run/state.ts'
import { latestWithWeights } from '../../../runner/history/runWithWeights.ts'
import type { Runs } from '../../../runner/runs.ts'

/** The weights of an earlier run, that run, and other runs of the script; null for a training first. */
export type ChosenWeights = { inherit: Inherit; of: RunState; others: RunState[] } | null

/**
 * Lets the user choose between the weights of the script's latest run and a training, where there is such a run.
 * @param title name of the command
 * @param what what is done with the trained network
 * @returns undefined when nothing was chosen.
 */
export async function pickWeights(
  runs: Runs,
  script: vscode.Uri,
  { title, what }: { title: string; what: string },
): Promise<ChosenWeights | undefined> {
  const all = await runs.list()
  const found = latestWithWeights(all, script.fsPath)
  if (!found) return null
  const { state } = found.run
  const others = all.flatMap((run) => (run !== found.run && run.state.script === script.fsPath ? run.state : []))
  const name = `the run of ${momentOf(state.startedAt ?? 0)}`
  const items: (vscode.QuickPickItem & { weights: ChosenWeights })[] = [
    {
      label: `With the weights of ${name}`,
      detail: `Nothing is trained: the script loads its data, and ${what} at once.`,
      weights: { inherit: { file: found.file, name, train: false }, of: state, others },
    },
    {
      label: 'Train first',
      detail: `The script trains as always; ${what} after it.`,
      weights: null,
    },
  ]
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title} of ${path.basename(script.fsPath)}`,
    placeHolder: 'Which trained network?',
  })
  return chosen?.weights
}

/** `12:03` of today, else with the day. */
function momentOf(time: number): string {
  const date = new Date(time)
  const isToday = date.toDateString() === new Date().toDateString()
  return date.toLocaleString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(isToday ? {} : { day: 'numeric', month: 'short' }),
  })
}

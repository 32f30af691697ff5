import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdict.ts'
import type { Runs } from '../../runner/runs.ts'
import type { WatchedRun } from '../../runner/watchedRun.ts'
import { runName } from '../../presentation/runName.ts'
import { statusText } from '../../presentation/statusLine.ts'

/** Lets the user choose the run that the views show, among those that are kept. */
export async function pickRun(runs: Runs, thresholds: Thresholds): Promise<void> {
  const items = (await runs.list()).map((run) => itemOf(run, run === runs.current, thresholds))
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no run yet. Open a script that trains, and run it.')
    return
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Training Runs',
    placeHolder: 'Run to show in panel and lenses',
    matchOnDescription: true,
    matchOnDetail: true,
  })
  if (chosen) runs.choose(chosen.run)
}

function itemOf(run: WatchedRun, shown: boolean, thresholds: Thresholds): vscode.QuickPickItem & { run: WatchedRun } {
  const { startedAt, attached, progress, ended } = run.state
  const loss = progress?.loss ?? null
  const { text } = statusText(run.state, thresholds)
  const detail = [
    shown ? 'shown' : null,
    startedAt === null ? null : new Date(startedAt).toLocaleString(),
    attached ? `process ${attached.pid}` : null,
    loss === null ? null : `loss ${loss.toPrecision(3)}`,
  ]
  const icon = text.startsWith('$(warning)') ? '$(warning)' : ended ? '$(check)' : '$(sync~spin)'
  const label = `${icon} ${runName(run.state)}`
  return { label, description: text.replace(/^\$\(\w+\) /, ''), detail: detail.filter(Boolean).join(' · '), run }
}

import * as vscode from 'vscode'
import type { Thresholds } from '../../../advice/verdictKind.ts'
import { runName } from '../../../presentation/runName.ts'
import { describeStatus } from '../../../presentation/statusLine.ts'
import type { ListedRun } from '../../../runner/listedRun.ts'
import type { Runs } from '../../../runner/runs.ts'
import { foreignText } from '../../foreignText.ts'

/** Lets the user choose the run that the views show, among those of this session and the saved ones. */
export async function pickRun(runs: Runs, thresholds: Thresholds): Promise<void> {
  const items = (await runs.list()).map((run) => itemFor(run, run.id === runs.current?.id, thresholds))
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

function itemFor(run: ListedRun, shown: boolean, thresholds: Thresholds): vscode.QuickPickItem & { run: ListedRun } {
  const { startedAt, attached, progress, ended } = run.state
  const loss = progress?.loss ?? null
  const { text, failed } = describeStatus(run.state, thresholds)
  const icon = failed ? 'warning' : ended ? 'check' : 'sync~spin'
  const detail = [
    shown ? 'shown' : null,
    startedAt === null ? null : new Date(startedAt).toLocaleString(),
    attached ? `process ${attached.pid}` : null,
    loss === null ? null : `loss ${loss.toPrecision(3)}`,
  ]
  return {
    label: `$(${icon}) ${foreignText(runName(run.state))}`,
    description: foreignText(text),
    detail: detail.filter(Boolean).join(' · '),
    run,
  }
}

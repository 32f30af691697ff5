import * as vscode from 'vscode'
import { chooseMetric } from '../settings.ts'

const TITLE = 'Metric of Comparisons'

/**
 * Lets the person choose the metric by which runs are compared.
 * @param known the metrics that the compared runs report
 * @param shown the one by which they are compared now
 */
export async function pickMetric({ known, shown }: { known: readonly string[]; shown: string | null }): Promise<void> {
  if (known.length === 0) {
    void vscode.window.showInformationMessage(
      'The shown run is compared with no other, so there is no metric to choose.',
    )
    return
  }
  const items: (vscode.QuickPickItem & { metric: string | null })[] = [
    {
      label: 'the one that counts',
      description: 'validation before training, an accuracy before the loss',
      metric: null,
    },
    ...known.map((metric) => ({ label: metric, ...(metric === shown ? { description: 'shown' } : {}), metric })),
  ]
  const chosen = await vscode.window.showQuickPick(items, { title: TITLE, placeHolder: 'Compare the runs by' })
  if (chosen) await chooseMetric(chosen.metric)
}

import * as vscode from 'vscode'
import { measuredLayers } from '../../advice/verdict.ts'
import { parseAxis } from '../../experiments/sweep/axes.ts'
import { axisChoices, type AxisChoice } from '../../presentation/sweep/axisChoices.ts'
import type { RunState } from '../../run/state.ts'

const TITLE = 'Sweep'

/**
 * Asks what is varied, and the values of each.
 * @param run whose layers are offered; null where none is shown
 * @param isBegun whether there is a study to go on with
 * @returns options of `saturation sweep`; null when nothing was chosen
 */
export async function pickAxes(run: RunState | null, isBegun: boolean): Promise<string[] | null> {
  if (isBegun) {
    const resume = { label: 'Go on with the latest sweep', detail: 'Trials that have ended are not repeated.' }
    const chosen = await vscode.window.showQuickPick([resume, { label: 'Vary something else', detail: '' }], {
      title: TITLE,
    })
    if (!chosen) return null
    if (chosen === resume) return ['--resume']
  }
  const items = axisChoices(run ? measuredLayers(run) : []).map((choice) => ({
    label: choice.label,
    description: choice.name,
    choice,
  }))
  const chosen = await vscode.window.showQuickPick(
    [...items, { label: 'Something else…', description: '', choice: null }],
    {
      title: TITLE,
      placeHolder: 'What is varied? Several things make a grid.',
      canPickMany: true,
    },
  )
  if (!chosen || chosen.length === 0) return null
  const options: string[] = []
  for (const { choice } of chosen) {
    const text = await askValues(choice)
    if (text === undefined) return null
    options.push('--vary', text)
  }
  return options
}

/** Asks for the values of one axis, in the form of the command line. */
function askValues(choice: AxisChoice | null): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: TITLE,
    prompt:
      'LAYER.property=values. In a layer’s name * stands for any letters; values have commas between, 16..32:8 is a range.',
    value: choice ? `${choice.name}=${choice.values}` : '',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const parsed = parseAxis(text)
      return 'malformed' in parsed ? parsed.malformed : null
    },
  })
}

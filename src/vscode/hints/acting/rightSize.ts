import * as vscode from 'vscode'
import { chosenChanges, rightSizePlan, type RightSizePlan, type Target } from '../../../advice/plan/rightSizePlan.ts'
import type { Proof, Tolerance } from '../../../protocol/proof.ts'
import { number } from '../../../presentation/numbers.ts'
import { namesOf } from '../../../presentation/proof/proofTable.ts'
import { planInterval, planSaving, planValue } from '../../../presentation/proof/proofWords.ts'
import { costWords, effectWords, rowWords } from '../../../presentation/proof/rightSizeWords.ts'
import type { RunState } from '../../../run/state.ts'
import { COMMANDS } from '../../names.ts'
import type { LayerCommands } from './layerCommands.ts'

const TITLE = 'Right-size this Model'

/** What one of the networks may cost at most. */
type Budget = Exclude<Target, string>

/** Tries narrower networks, with one within a budget if there is one. */
type Prove = (budget?: Budget) => Promise<void>

/**
 * Lets the person choose a plan of the shown run's proof and the groups of layers that are to change, and shows the
 * change before it is made.
 */
export async function rightSize(hints: LayerCommands, run: RunState | null, prove: Prove): Promise<void> {
  if (!run) return
  const { proof } = run
  if (!proof || proof.plans.length === 0) {
    const start = 'Prove Widths'
    const message = 'No narrower network has been tried yet in the network of the shown run.'
    if ((await vscode.window.showInformationMessage(message, start)) === start) await prove()
    return
  }
  const target = await pickTarget(proof, prove)
  const chosen = target && (await pickRows(run, proof, target))
  if (chosen) await hints.change(run, chosenChanges(chosen), true)
}

/** @returns what the person wants and the proof has a plan for; undefined when nothing was chosen. */
async function pickTarget(proof: Proof, prove: Prove): Promise<Target | undefined> {
  const items: (vscode.QuickPickItem & { target: Tolerance | keyof typeof BUDGETS })[] = [
    ...proof.plans.map((plan) => ({
      label: plan.tolerance,
      description: `${planValue(proof, plan)} · ${planSaving(proof, plan)} parameters`,
      detail: `${number(plan.parameters)} of ${number(proof.parameters)} parameters; the difference is ${planInterval(proof, plan)} with 95 % confidence`,
      target: plan.tolerance,
    })),
    { label: 'parameters…', description: 'as good as possible with so many parameters at most', target: 'parameters' },
    ...(proof.flops === undefined
      ? []
      : [{ label: 'FLOPs…', description: 'as good as possible with so many FLOPs at most', target: 'flops' } as const]),
  ]
  const placeHolder = 'How much may the metric lose?'
  const chosen = await vscode.window.showQuickPick(items, { title: TITLE, placeHolder })
  if (!chosen) return undefined
  return chosen.target in BUDGETS
    ? pickBudget(proof, chosen.target as keyof typeof BUDGETS, prove)
    : (chosen.target as Tolerance)
}

/** What a budget can be of, and what an amount of it is called. */
const BUDGETS = { parameters: 'parameters', flops: 'FLOPs for each example' } as const

/** A budget: the largest proven network within it, or a new proof for it. */
async function pickBudget(proof: Proof, of: keyof typeof BUDGETS, prove: Prove): Promise<Target | undefined> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: `At most so many ${BUDGETS[of]}; the network has ${number(proof[of] ?? 0)}.`,
    validateInput: (value) => (/^[1-9]\d{0,14}$/.test(value) ? null : 'A whole number, such as 50000.'),
  })
  if (text === undefined) return undefined
  const target: Budget = of === 'flops' ? { flops: Number(text) } : { parameters: Number(text) }
  const plan = rightSizePlan(proof, target)
  const items = [
    ...(plan ? [{ label: `Use the plan ${plan.tolerance}`, detail: costWords(proof, plan), target }] : []),
    { label: 'Prove Widths', detail: 'tries further networks for this budget', target: null },
  ]
  const chosen = plan ? await vscode.window.showQuickPick(items, { title: TITLE }) : { target: null }
  if (chosen && !chosen.target) await prove(target)
  return chosen?.target ?? undefined
}

/** Lets the person take out rows; the costs of those that are left are shown with each change. */
async function pickRows(run: RunState, proof: Proof, target: Target): Promise<RightSizePlan | null> {
  const whole = rightSizePlan(proof, target)
  if (!whole) return null
  const nameOf = namesOf(run.layers)
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { group: number }>()
  picker.canSelectMany = true
  picker.placeholder = 'Which layers are to change?'
  picker.ignoreFocusOut = true
  picker.items = whole.rows.map((row) => {
    const { name, change, alone } = rowWords(proof, row, nameOf)
    return { label: name, description: change, ...(alone === null ? {} : { detail: alone }), group: row.group }
  })
  picker.selectedItems = picker.items
  const chosen = (): RightSizePlan => {
    const kept = new Set(picker.selectedItems.map(({ group }) => group))
    const without = whole.rows.map(({ group }) => group).filter((group) => !kept.has(group))
    return rightSizePlan(proof, target, new Set(without)) ?? whole
  }
  const show = (): void => {
    const plan = chosen()
    // The placeholder gets cut off.
    picker.title = `${TITLE}: ${effectWords(proof, plan)} · ${costWords(proof, plan)}`
  }
  show()
  picker.onDidChangeSelection(show)
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems.length > 0 ? chosen() : null)
      picker.hide()
    })
    picker.onDidHide(() => {
      resolve(null)
      picker.dispose()
    })
    picker.show()
  })
}

/** Tells why the code cannot be edited, and offers to train it again. */
export async function offerRunAgain(why: string): Promise<void> {
  const again = 'Run again'
  if ((await vscode.window.showWarningMessage(why, again)) === again)
    await vscode.commands.executeCommand(COMMANDS.runAgain)
}

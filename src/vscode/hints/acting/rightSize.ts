import * as vscode from 'vscode'
import { changesOfPlan } from '../../../advice/widthChange.ts'
import type { Plan, Proof } from '../../../protocol/proof.ts'
import { number } from '../../../presentation/numbers.ts'
import { planInterval, planSaving, planValue } from '../../../presentation/proof/proofWords.ts'
import type { RunState } from '../../../run/state.ts'
import { COMMANDS } from '../../names.ts'
import type { LayerCommands } from './layerCommands.ts'

/**
 * Lets the person choose a plan of the shown run's proof and the groups of layers that are to change, and shows the
 * change before it is made.
 * @param prove tries narrower networks, with one of at most so many parameters if a number is given
 */
export async function rightSize(
  hints: LayerCommands,
  run: RunState | null,
  prove: (parameters?: number) => Promise<void>,
): Promise<void> {
  if (!run) return
  const { proof } = run
  if (!proof || proof.plans.length === 0) {
    const start = 'Prove Widths'
    const message = 'No narrower network has been tried yet in the network of the shown run.'
    if ((await vscode.window.showInformationMessage(message, start)) === start) await prove()
    return
  }
  const plan = await pickPlan(proof, prove)
  const chosen = plan && (await pickGroups(run, proof, plan))
  if (!chosen) return
  await hints.change(
    run,
    changesOfPlan(run, plan).filter(({ layer }) => chosen.has(layer)),
    true,
  )
}

async function pickPlan(proof: Proof, prove: (parameters?: number) => Promise<void>): Promise<Plan | undefined> {
  const items: (vscode.QuickPickItem & { plan: Plan | null })[] = [
    ...proof.plans.map((plan) => ({
      label: plan.tolerance,
      description: `${planValue(proof, plan)} · ${planSaving(proof, plan)} parameters`,
      detail: `${number(plan.parameters)} of ${number(proof.parameters)} parameters; the difference is ${planInterval(proof, plan)} with 95 % confidence`,
      plan,
    })),
    { label: 'budget…', description: 'as good as possible with so many parameters at most', plan: null },
  ]
  const placeHolder = 'How much may the metric lose?'
  const chosen = await vscode.window.showQuickPick(items, { title: 'Right-size this Model', placeHolder })
  if (chosen && chosen.plan === null) {
    const text = await vscode.window.showInputBox({
      title: 'Right-size this Model',
      prompt: `Parameters at most; the network has ${number(proof.parameters)}.`,
      validateInput: (value) => (/^[1-9]\d*$/.test(value) ? null : 'A whole number of parameters, such as 50000.'),
    })
    if (text !== undefined) await prove(Number(text))
  }
  return chosen?.plan ?? undefined
}

/** @returns the ids of the layers that are to change; undefined when nothing was chosen. */
async function pickGroups(run: RunState, proof: Proof, plan: Plan): Promise<Set<string> | undefined> {
  const nameOf = (id: string): string => run.layers.find((layer) => layer.id === id)?.name ?? id
  const items = proof.groups.flatMap(({ layers, width }) => {
    const to = plan.widths[layers[0] ?? '']
    if (to === undefined || to === width) return []
    const description = `${number(width)} → ${number(to)}`
    return [{ label: layers.map(nameOf).join(' + '), description, picked: true, layers }]
  })
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Right-size this Model: ${planValue(proof, plan)} · ${planSaving(proof, plan)} parameters`,
    placeHolder: 'Layers to change; the values are of all of them together',
    canPickMany: true,
  })
  return chosen && chosen.length > 0 ? new Set(chosen.flatMap(({ layers }) => layers)) : undefined
}

/** Tells why the code cannot be edited, and offers to train it again. */
export async function offerRunAgain(why: string): Promise<void> {
  const again = 'Run again'
  if ((await vscode.window.showWarningMessage(why, again)) === again)
    await vscode.commands.executeCommand(COMMANDS.runAgain)
}

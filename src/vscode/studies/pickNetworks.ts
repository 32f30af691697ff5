import * as vscode from 'vscode'
import type { Thresholds } from '../../advice/verdictKind.ts'
import { networksToTry, type NetworkToTry } from '../../presentation/actions/networksToTry.ts'
import type { RunState } from '../../run/state.ts'

export const TITLE = 'Try Several Networks'

/** How often each network may be trained. */
const SEEDS = [
  { label: '1 training each', detail: 'One run against one run proves little.', seeds: 1 },
  { label: '3 trainings each', detail: 'Shows what chance does, where the script fixes no seed.', seeds: 3 },
] as const

/** What a person wants to have trained. */
export interface ChosenNetworks {
  readonly networks: readonly NetworkToTry[]
  readonly seeds: number
}

/** Asks which networks are to be trained, and how often; null when nothing was chosen or there is nothing to choose. */
export async function pickNetworks(run: RunState, thresholds: Thresholds): Promise<ChosenNetworks | null> {
  const items = itemsOf(networksToTry(run, thresholds))
  if (items.length === 0) {
    void vscode.window.showInformationMessage('No other width of the shown run is proven or estimated yet.')
    return null
  }
  const placeHolder = 'Which networks are to be trained? The code stays as it is.'
  const chosen = await vscode.window.showQuickPick(items, { title: TITLE, placeHolder, canPickMany: true })
  if (!chosen || chosen.length === 0) return null
  const often = await vscode.window.showQuickPick(SEEDS, { title: TITLE })
  return often ? { networks: chosen.map(({ network }) => network), seeds: often.seeds } : null
}

/** Asks which of the trained networks is to be written into the code; null for none. */
export async function pickToApply(networks: readonly NetworkToTry[]): Promise<NetworkToTry | null> {
  const discard = { label: 'Discard', description: 'The code stays as it is.', network: null }
  const items = itemsOf(networks).map((item) => ({ ...item, label: `Apply ${item.label}` }))
  const chosen = await vscode.window.showQuickPick([...items, discard], {
    title: `${TITLE}: the table is in the terminal`,
    // The table is to be read first.
    ignoreFocusOut: true,
  })
  return chosen?.network ?? null
}

function itemsOf(networks: readonly NetworkToTry[]) {
  return networks.map((network) => ({ label: network.name, description: network.description, network }))
}

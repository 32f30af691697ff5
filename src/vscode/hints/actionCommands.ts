import type { ActionId, OfferedAction } from '../../presentation/actions/layerActions.ts'
import { COMMANDS } from '../names.ts'

/** The command of each action. Each takes the ids of layers and a width, and asks for the layer without them. */
export const ACTION_COMMANDS: Readonly<Record<ActionId, string>> = {
  use: COMMANDS.useWidth,
  try: COMMANDS.tryWidth,
  prove: COMMANDS.proveLayer,
  apply: COMMANDS.applyTrial,
  discard: COMMANDS.discardTrial,
  'run again': COMMANDS.runAgain,
  'from scratch': COMMANDS.runFromScratch,
  why: COMMANDS.whyHint,
  ignore: COMMANDS.ignoreHint,
  'right-size': COMMANDS.rightSize,
  repeat: COMMANDS.repeatRun,
  'remove tail': COMMANDS.removeTail,
  metric: COMMANDS.chooseMetric,
  stop: COMMANDS.stop,
}

/** What lens, lightbulb and hover call when a person chooses an action. */
export function commandOf({ id, title, tooltip, layers, width }: OfferedAction) {
  return { title, tooltip, command: ACTION_COMMANDS[id], arguments: [layers, width] }
}

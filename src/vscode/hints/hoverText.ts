import { escapeMarkdown } from './escapeMarkdown.ts'
import type { OfferedAction } from '../../presentation/actions/layerActions.ts'
import { commandOf } from './actionCommands.ts'

/**
 * The Markdown of a hover: its lines with all foreign text escaped, then a line with a link for each action.
 * @param lines plain text
 */
export function hoverText(lines: readonly string[], actions: readonly OfferedAction[]): string {
  const text = lines.map(escapeMarkdown).join('\n\n')
  return actions.length === 0 ? text : `${text}\n\n${actions.map(link).join(' · ')}`
}

function link(action: OfferedAction): string {
  const { title, tooltip, command, arguments: args } = commandOf(action)
  // `encodeURIComponent` leaves parentheses and quotes as they are, which would end the link's address.
  const query = encodeURIComponent(JSON.stringify(args)).replace(/[!'()*]/g, encodeCharacter)
  return `[${escapeMarkdown(title)}](command:${command}?${query} "${escapeMarkdown(tooltip)}")`
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

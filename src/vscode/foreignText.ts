import { plainText } from '../protocol/plainText.ts'

/**
 * A foreign text for a notification, a label or a status bar item. VS Code makes `[text](command:…)` in a notification a
 * link that runs the command, and `$(name)` in a label an icon; here they are text.
 */
export function foreignText(text: string): string {
  return plainText(text).replaceAll('](', '] (').replaceAll('$(', '$ (')
}

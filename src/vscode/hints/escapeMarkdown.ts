/**
 * Escapes text so that Markdown shows it as it is: a backslash before every character that CommonMark allows to be
 * escaped. So a layer's name can make no link, no automatic link such as `<command:…>`, no image and no HTML.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&')
}

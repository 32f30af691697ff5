/** Matches a script block of a Vue or Svelte component: its opening tag, what is in it, its closing tag. */
const SCRIPT = /(<script\b(?:"[^"]*"|'[^']*'|[^>"'])*>)([^]*?)<\/script\s*>/gi

/**
 * The scripts of a component in its whole text: everything else becomes spaces, so that offsets, lines and columns stay.
 * Returns the text of other files as it is.
 */
export function scriptsOnly(text: string, fileName: string): string {
  if (!isComponent(fileName)) return text
  let scripts = ''
  for (const match of text.matchAll(SCRIPT)) {
    const start = match.index + (match[1]?.length ?? 0)
    scripts += blank(text.slice(scripts.length, start)) + (match[2] ?? '')
  }
  return scripts + blank(text.slice(scripts.length))
}

/** Whether a component's scripts are TypeScript. */
export function hasTypeScript(text: string): boolean {
  return /<script\b[^>]*\blang\s*=\s*["']?tsx?\b/i.test(text)
}

/** Whether a file is a component of Vue or Svelte. */
export function isComponent(fileName: string): boolean {
  return /\.(?:vue|svelte)$/i.test(fileName)
}

function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, ' ')
}

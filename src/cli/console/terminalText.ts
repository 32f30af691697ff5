import { plainText } from '../../protocol/plainText.ts'

/** The colours and styles that this program prints. */
// eslint-disable-next-line no-control-regex -- the escape character is what is looked for
const STYLE = /(\u001b\[(?:[0-9]|[1-4][0-9]|9[0-7])m)/

/**
 * A text as a terminal may get it: lines and styles stay, all else that a terminal would obey becomes visible. Paths and
 * arguments of a script reach the tables as they are, and may hold anything.
 */
export function terminalText(text: string): string {
  return text.split('\n').map(line).join('\n')
}

function line(text: string): string {
  // Every second part is a style.
  return text
    .split(STYLE)
    .map((part, i) => (i % 2 === 1 ? part : plainText(part)))
    .join('')
}

/** Prints a text and a line end. */
export function printLine(stream: NodeJS.WritableStream, text: string): void {
  stream.write(`${terminalText(text)}\n`)
}

/** Prints data as JSON on the standard output. JSON escapes control characters itself, but not those beyond ASCII. */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value, null, 2)
  const escaped = json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  process.stdout.write(`${escaped}\n`)
}

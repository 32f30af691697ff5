import { parse, type ParserOptions } from '@babel/parser'
import type { CallExpression, File, NewExpression, Node, OptionalCallExpression, Statement } from '@babel/types'
import { linesOf, type Line } from './lines.ts'
import { hasTypeScript, isComponent, scriptsOnly } from './scriptBlocks.ts'

export type Call = CallExpression | OptionalCallExpression | NewExpression

/** A source text with its statements and calls. */
export interface ParsedCode {
  text: string
  lines: readonly Line[]
  /** Top-level statements, in order. */
  statements: readonly Statement[]
  /** All call and `new` expressions, at any depth. */
  calls: readonly Call[]
}

/** Length of the longest text that is parsed, in UTF-16 units. Longer files are bundles, which nobody edits. */
const MAX_LENGTH = 1_000_000

/**
 * Parses JavaScript or TypeScript, of Vue and Svelte components the scripts. Tolerates errors that Babel can recover from. Never throws.
 * @param fileName its extension decides the dialect: .ts/.mts/.cts, .tsx, otherwise JavaScript with JSX
 * @returns null when the text cannot be parsed or is longer than a million UTF-16 units.
 */
export function parseCode(text: string, fileName: string): ParsedCode | null {
  if (text.length > MAX_LENGTH) return null
  let file: File
  try {
    file = parse(scriptsOnly(text, fileName), { ...TOLERANT_OPTIONS, plugins: pluginsFor(fileName, text) })
  } catch {
    return null
  }
  return { text, lines: linesOf(text), statements: file.program.body, calls: callsIn(file.program) }
}

/** Tolerant options, so that a half-written file can still be parsed. Node and transpilers report its errors. */
const TOLERANT_OPTIONS: ParserOptions = {
  sourceType: 'unambiguous',
  errorRecovery: true,
  attachComment: false,
  // V8 reports different positions for `f()` and `(f)()`, so the tree has to contain the parentheses.
  createParenthesizedExpressions: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowNewTargetOutsideFunction: true,
  allowUndeclaredExports: true,
}

function pluginsFor(fileName: string, text: string): NonNullable<ParserOptions['plugins']> {
  const common: NonNullable<ParserOptions['plugins']> = ['decorators', 'explicitResourceManagement']
  const isTypeScript = isComponent(fileName) ? hasTypeScript(text) : /\.[cm]?ts$/i.test(fileName)
  if (isTypeScript) return [...common, 'typescript']
  if (/\.tsx$/i.test(fileName)) return [...common, 'typescript', 'jsx']
  return [...common, 'jsx']
}

function callsIn(root: Node): Call[] {
  const calls: Call[] = []
  // An explicit stack: recursion into a chain of hundreds of calls could overflow the call stack.
  const pending: unknown[] = [root]
  while (pending.length > 0) {
    const value = pending.pop()
    if (Array.isArray(value)) {
      for (const item of value) pending.push(item)
    } else if (isNode(value)) {
      if (isCall(value)) calls.push(value)
      for (const [key, child] of Object.entries(value)) {
        if (key !== 'loc' && key !== 'extra' && typeof child === 'object') pending.push(child)
      }
    }
  }
  return calls
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function isCall(node: Node): node is Call {
  return node.type === 'CallExpression' || node.type === 'OptionalCallExpression' || node.type === 'NewExpression'
}

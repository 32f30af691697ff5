import { parse, type ParserOptions } from '@babel/parser'
import type { CallExpression, File, NewExpression, Node, OptionalCallExpression, Statement } from '@babel/types'

export type Call = CallExpression | OptionalCallExpression | NewExpression

/** A source text with what the rest of this room asks about it. */
export interface ParsedCode {
  text: string
  /** Top-level statements, in order. */
  statements: readonly Statement[]
  /** All call and `new` expressions, at any depth. */
  calls: readonly Call[]
}

/** Beyond this many UTF-16 units a file is a bundle rather than something a person edits. */
const LONGEST = 1_000_000

/**
 * Parses JavaScript or TypeScript, past errors where Babel can recover from them.
 * @param fileName decides the dialect by its ending: .ts/.mts/.cts, .tsx, else JavaScript with JSX
 * @returns null for a text that cannot be parsed or is longer than a million characters; never throws.
 */
export function parseCode(text: string, fileName: string): ParsedCode | null {
  if (text.length > LONGEST) return null
  let file: File
  try {
    file = parse(text, { ...TOLERANT, plugins: pluginsFor(fileName) })
  } catch {
    return null
  }
  return { text, statements: file.program.body, calls: callsIn(file.program) }
}

/** What Node or a transpiler would refuse is theirs to say; here a half-written file should still be understood. */
const TOLERANT: ParserOptions = {
  sourceType: 'unambiguous',
  errorRecovery: true,
  attachComment: false,
  // V8 tells `f()` from `(f)()`, so the parentheses have to stay visible.
  createParenthesizedExpressions: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowNewTargetOutsideFunction: true,
  allowUndeclaredExports: true,
}

function pluginsFor(fileName: string): NonNullable<ParserOptions['plugins']> {
  const always: NonNullable<ParserOptions['plugins']> = ['decorators', 'explicitResourceManagement']
  if (/\.[cm]?ts$/i.test(fileName)) return [...always, 'typescript']
  if (/\.tsx$/i.test(fileName)) return [...always, 'typescript', 'jsx']
  return [...always, 'jsx']
}

function callsIn(root: Node): Call[] {
  const calls: Call[] = []
  // A stack of our own: deeply chained code (a builder with hundreds of calls) must not exhaust the engine's.
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

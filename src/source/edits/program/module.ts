import { parseExpression } from '@babel/parser'
import type { Node } from '@babel/types'
import { parseCode, type Call, type ParsedCode } from '../../parse.ts'
import { scopesOf, type Binding } from './scopes.ts'

/** A file of a program: its text, its tree and what the names in it stand for. */
export interface Module {
  file: string
  /** The text as it was read, with a byte order mark if it has one. */
  text: string
  /** UTF-16 units that come before the text that was parsed: 1 for a byte order mark. */
  shift: number
  /** The tree; of a JSON file the expression. */
  root: Node
  /** Null for a JSON file. */
  parsed: ParsedCode | null
  calls: readonly Call[]
  bindings: ReadonlyMap<Node, Binding>
  parents: ReadonlyMap<Node, Node>
}

/** Reads a file as a module. @returns null where it does not parse. */
export function moduleOf(file: string, text: string): Module | null {
  const shift = text.startsWith('\uFEFF') ? 1 : 0
  const code = text.slice(shift)
  try {
    if (/\.json[c5]?$/i.test(file)) {
      const root = parseExpression(code)
      return { file, text, shift, root, parsed: null, calls: [], ...scopesOf(root) }
    }
    const parsed = parseCode(code, file)
    if (!parsed) return null
    const root = { type: 'Program', body: parsed.statements, directives: [] } as unknown as Node
    return { file, text, shift, root, parsed, calls: parsed.calls, ...scopesOf(root) }
  } catch {
    // JSON that is none, or a tree too deep to walk.
    return null
  }
}

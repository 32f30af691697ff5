import path from 'node:path'
import type { Node } from '@babel/types'
import type { ParsedCode } from './parse.ts'

/** Text of a file; null when there is none. */
export type ReadText = (file: string) => string | null

/** What Node and bundlers try behind a name without an ending. */
const ENDINGS = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '/index.js', '/index.ts']

/** Names of the modules that a file imports, requires or re-exports, types left out. */
export function importedNames({ statements, calls }: ParsedCode): string[] {
  const sources: (Node | null | undefined)[] = statements.map((statement) => {
    switch (statement.type) {
      case 'ImportDeclaration':
        return statement.importKind === 'type' ? null : statement.source
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return statement.exportKind === 'type' ? null : statement.source
      case 'TSImportEqualsDeclaration': {
        const { moduleReference: reference, importKind } = statement
        return importKind !== 'type' && reference.type === 'TSExternalModuleReference' ? reference.expression : null
      }
      default:
        return null
    }
  })
  for (const { callee, arguments: given } of calls) {
    if (callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require')) sources.push(given[0])
  }
  return sources.flatMap((source) => (source?.type === 'StringLiteral' ? [source.value] : []))
}

/** The project's own file behind a relative import; null for a package, and where there is no such file. */
export function readLocal(name: string, importer: string, read: ReadText): { file: string; text: string } | null {
  if (!/^\.\.?(?:\/|$)/.test(name)) return null
  const exact = path.resolve(path.dirname(importer), name)
  // TypeScript's modules are imported by the name of what they compile to.
  const typescript = exact.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  for (const file of [...ENDINGS.map((ending) => exact + ending), typescript]) {
    const text = read(file)
    if (text !== null) return { file, text }
  }
  return null
}

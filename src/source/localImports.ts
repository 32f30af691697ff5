import path from 'node:path'
import type { Node } from '@babel/types'
import type { ParsedCode } from './parse.ts'

/** Returns the text of a file; null when there is no such file. */
export type ReadText = (file: string) => string | null

/** Suffixes that Node and bundlers try for a module name without an extension. */
const SUFFIXES = ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '/index.js', '/index.ts']

/** Names of the modules that a file imports, requires or re-exports. Type-only imports are left out. */
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
  for (const { callee, arguments: args } of calls) {
    if (callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require')) sources.push(args[0])
  }
  return sources.flatMap((source) => (source?.type === 'StringLiteral' ? [source.value] : []))
}

/** Reads the file that a relative import names; null for a package, and when there is no such file. */
export function readLocalImport(name: string, importer: string, read: ReadText): { file: string; text: string } | null {
  if (!/^\.\.?(?:\/|$)/.test(name)) return null
  const exact = path.resolve(path.dirname(importer), name)
  // TypeScript imports a module by the name of its compiled file.
  const typescript = exact.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  for (const file of [...SUFFIXES.map((suffix) => exact + suffix), typescript]) {
    const text = read(file)
    if (text !== null) return { file, text }
  }
  return null
}

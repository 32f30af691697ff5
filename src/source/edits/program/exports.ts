import type { Node } from '@babel/types'
import type { Module } from './module.ts'
import type { Program } from './program.ts'
import { bare, memberName } from './syntax.ts'

/** What a module exports under a name: an expression or a declared name in some module, and the path from it on. */
export interface Exported {
  node: Node
  /** Whether the exported value is the property of that name of the node's value. */
  isProperty: boolean
}

/**
 * Finds what a module exports under a name, in ES modules and in CommonJS.
 * @param name `default` is also what `module.exports` is as a whole, when an ES module imports it
 */
export function exportsOf(module: Module, name: string, program: Program, depth = 0): Exported[] {
  if (depth > 20) return []
  if (!module.parsed) return [{ node: module.root, isProperty: name !== 'default' }]
  const found: Exported[] = []
  const via = (source: string, exported: string) => {
    const other = program.imported(source, module)
    if (other) found.push(...exportsOf(other, exported, program, depth + 1))
  }
  for (const statement of module.parsed.statements) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default')
      found.push({ node: statement.declaration, isProperty: false })
    else if (statement.type === 'ExportAllDeclaration' && name !== 'default') via(statement.source.value, name)
    else if (statement.type === 'ExportNamedDeclaration') {
      for (const specifier of statement.specifiers) {
        if (nameOf(specifier.exported) !== name || specifier.type !== 'ExportSpecifier') continue
        if (statement.source) via(statement.source.value, specifier.local.name)
        else found.push({ node: specifier.local, isProperty: false })
      }
      const declared = statement.declaration && declaredAs(statement.declaration, name)
      if (declared) found.push({ node: declared, isProperty: false })
    } else if (statement.type === 'TSExportAssignment')
      found.push({ node: statement.expression, isProperty: name !== 'default' })
  }
  return found.length > 0 ? found : [...commonJsExports(module, name)]
}

/** Whole values that a CommonJS module assigns to `module.exports`. */
export function wholeExports(module: Module): Node[] {
  if (!module.parsed) return [module.root]
  return [...commonJsExports(module, 'default')].map(({ node }) => node)
}

function* commonJsExports({ parents }: Module, name: string): Generator<Exported> {
  for (const node of parents.keys()) {
    if (node.type !== 'AssignmentExpression') continue
    const left = bare(node.left)
    if (isModuleExports(left)) yield { node: node.right, isProperty: name !== 'default' }
    else if (left.type === 'MemberExpression' && memberName(left) === name && isExportsObject(left.object))
      yield { node: node.right, isProperty: false }
  }
}

/** Whether an expression is `exports` or `module.exports`. */
export function isExportsObject(node: Node): boolean {
  return isModuleExports(node) || (node.type === 'Identifier' && node.name === 'exports')
}

function isModuleExports(node: Node): boolean {
  if (node.type !== 'MemberExpression' || memberName(node) !== 'exports') return false
  return node.object.type === 'Identifier' && node.object.name === 'module'
}

function nameOf(node: Node): string | null {
  return node.type === 'Identifier' ? node.name : node.type === 'StringLiteral' ? node.value : null
}

/** The identifier of a name that a declaration declares. */
function declaredAs(declaration: Node, name: string): Node | null {
  if ('id' in declaration && declaration.id?.type === 'Identifier' && declaration.id.name === name)
    return declaration.id
  if (declaration.type !== 'VariableDeclaration') return null
  const pending: (Node | null)[] = declaration.declarations.map(({ id }) => id)
  for (let pattern = pending.pop(); pattern !== undefined; pattern = pending.pop()) {
    if (pattern?.type === 'Identifier' && pattern.name === name) return pattern
    if (pattern?.type === 'AssignmentPattern') pending.push(pattern.left)
    if (pattern?.type === 'RestElement') pending.push(pattern.argument)
    if (pattern?.type === 'ArrayPattern') pending.push(...pattern.elements)
    if (pattern?.type === 'ObjectPattern')
      for (const each of pattern.properties) pending.push(each.type === 'RestElement' ? each : each.value)
  }
  return null
}

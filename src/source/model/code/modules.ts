import type { ImportDeclaration, Node, Statement } from '@babel/types'
import type { Machine } from './machine.ts'
import { propertyOf } from '../values/properties.ts'
import { hoist, runAll } from './statements.ts'
import { ClassValue, FunctionValue, ObjectValue, type Scope, type Value } from '../values/values.ts'

/**
 * Follows a module from top to bottom.
 * @param exports gets what the module exports
 * @param load returns what a module exports
 */
export function runModule(
  machine: Machine,
  statements: readonly Statement[],
  scope: Scope,
  exports: ObjectValue,
  load: (name: string) => Value,
): void {
  const module = new ObjectValue(machine.born(), [['exports', exports]])
  scope.declare('module', module)
  scope.declare('exports', exports)
  scope.declare('this', undefined)
  hoist(machine, statements, scope)
  const run = { machine, start: scope.born, mayHaveReturned: false }
  const exportsLater: (() => void)[] = []
  for (const statement of statements)
    if (statement.type === 'ImportDeclaration') importNames(machine, statement, scope, load)
  for (const statement of statements) {
    if (statement.type === 'ImportDeclaration') continue
    const code = declared(statement)
    if (code && runAll(run, [code], scope)) break
    exportsLater.push(() => exportNames(machine, statement, scope, exports, load))
    // A function that is exported may be imported in a circle before the module ends.
    exportsLater.at(-1)?.()
  }
  for (const later of exportsLater) later()
  const replaced = module.entries.get('exports')
  if (replaced instanceof ObjectValue && replaced !== exports)
    for (const [name, value] of replaced.entries) exports.entries.set(name, value)
}

/** The code of a statement, without its `export`. */
function declared(statement: Statement): Statement | null {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ?? null
  if (statement.type === 'ExportDefaultDeclaration' || statement.type === 'ExportAllDeclaration') return null
  return statement
}

function importNames(
  machine: Machine,
  { specifiers, source, importKind }: ImportDeclaration,
  scope: Scope,
  load: (name: string) => Value,
) {
  if (importKind === 'type') return
  const module = load(source.value)
  for (const specifier of specifiers) {
    const { local } = specifier
    if (specifier.type === 'ImportNamespaceSpecifier') scope.declare(local.name, module)
    else {
      const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported)
      const found = propertyOf(machine, module, name)
      // CommonJS: the default import is the whole of the exports.
      const whole = name === 'default' && module instanceof ObjectValue && !module.entries.has('default')
      scope.declare(local.name, whole ? module : found)
    }
  }
}

function exportNames(
  machine: Machine,
  statement: Statement,
  scope: Scope,
  exports: ObjectValue,
  load: (name: string) => Value,
) {
  const put = (name: string, value: Value): void => void exports.entries.set(name, value)
  if (statement.type === 'ExportDefaultDeclaration') {
    if (exports.entries.has('default')) return
    const { declaration } = statement
    const named = 'id' in declaration && declaration.id ? scope.find(declaration.id.name) : null
    if (named) put('default', named.value)
    else if (declaration.type === 'FunctionDeclaration')
      put('default', machine.made(new FunctionValue(declaration, scope, undefined)))
    else if (declaration.type === 'ClassDeclaration') put('default', machine.made(new ClassValue(declaration, scope)))
    else if (declaration.type !== 'TSDeclareFunction') put('default', machine.evaluate(declaration, scope))
  } else if (statement.type === 'ExportNamedDeclaration') {
    const { declaration, specifiers, source } = statement
    for (const name of declaration ? declaredNames(declaration) : []) put(name, scope.find(name)?.value)
    const from = source ? load(source.value) : null
    for (const specifier of specifiers) {
      if (specifier.type !== 'ExportSpecifier') continue
      const local = specifier.local.name
      put(nameOf(specifier.exported), source ? propertyOf(machine, from, local) : scope.find(local)?.value)
    }
  } else if (statement.type === 'ExportAllDeclaration') {
    const from = load(statement.source.value)
    if (from instanceof ObjectValue) for (const [name, value] of from.entries) if (name !== 'default') put(name, value)
  }
}

function nameOf(name: { type: 'Identifier'; name: string } | { type: 'StringLiteral'; value: string }): string {
  return name.type === 'Identifier' ? name.name : name.value
}

/** The names that a declaration declares; those in patterns are left out. */
function declaredNames(declaration: Node): string[] {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  const named = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
  return named && declaration.id ? [declaration.id.name] : []
}

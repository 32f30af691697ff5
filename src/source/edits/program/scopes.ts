import type { Identifier, Node, VariableDeclaration } from '@babel/types'
import { childrenOf, isFunction } from './syntax.ts'

/** A name of a program, with all places where it is given a value and where it is read. */
export interface Binding {
  name: string
  /** Identifiers that declare it or that something is assigned to: `x` in `const x = 3`, `x = 4` and `x++`. */
  written: Identifier[]
  /** Identifiers that read it, in the order of the text. `x++` and `x += 1` only write. */
  read: Identifier[]
}

/** What the names in a tree stand for. */
export interface Scopes {
  /** By identifier that is written or read: its binding. Globals are missing. */
  bindings: ReadonlyMap<Node, Binding>
  parents: ReadonlyMap<Node, Node>
}

interface Scope {
  names: Map<string, Binding>
  outer: Scope | null
  /** Whether `var` declares its names here. */
  holdsVar: boolean
}

/**
 * Finds what each name in a tree stands for, by the rules of ECMAScript's scopes. Written for this room: the library for
 * it, `@babel/traverse`, would add 0.8 MB to the extension, and only its bindings are needed here.
 */
export function scopesOf(root: Node): Scopes {
  const walk = new ScopeWalk()
  walk.visit(root, { names: new Map(), outer: null, holdsVar: true })
  return walk.finish()
}

class ScopeWalk {
  readonly #parents = new Map<Node, Node>()
  readonly #bindings = new Map<Node, Binding>()
  readonly #uses: { node: Identifier; scope: Scope }[] = []

  visit(node: Node, scope: Scope): void {
    const inner = opensScope(node) ? { names: new Map(), outer: scope, holdsVar: isFunction(node) } : scope
    this.#declare(node, scope, inner)
    if (node.type === 'Identifier') this.#uses.push({ node, scope })
    for (const child of childrenOf(node)) {
      this.#parents.set(child, node)
      if (!isLabel(child, node)) this.visit(child, inner)
    }
  }

  /** Resolves the names, once all declarations are known: functions are used before they are declared. */
  finish(): Scopes {
    for (const { node, scope } of this.#uses) {
      const binding = this.#bindings.get(node) ?? lookUp(node.name, scope)
      if (!binding || this.#isDeclared(node, binding)) continue
      this.#bindings.set(node, binding)
      const { isWritten, isRead } = useOf(node, this.#parents)
      if (isWritten) binding.written.push(node)
      if (isRead) binding.read.push(node)
    }
    return { bindings: this.#bindings, parents: this.#parents }
  }

  #isDeclared(node: Identifier, binding: Binding): boolean {
    return binding.written.includes(node)
  }

  #declare(node: Node, outer: Scope, inner: Scope): void {
    switch (node.type) {
      case 'VariableDeclaration':
        for (const { id } of node.declarations) this.#declarePattern(id, scopeFor(node, inner))
        break
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (node.id) this.#declarePattern(node.id, outer)
        break
      case 'FunctionExpression':
      case 'ClassExpression':
        if (node.id) this.#declarePattern(node.id, inner)
        break
      case 'CatchClause':
        if (node.param) this.#declarePattern(node.param, inner)
        break
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
        this.#declarePattern(node.local, outer)
        break
      case 'TSImportEqualsDeclaration':
      case 'TSEnumDeclaration':
        this.#declarePattern(node.id, outer)
        break
      default:
    }
    if (isFunction(node)) for (const param of node.params) this.#declarePattern(param, inner)
  }

  #declarePattern(pattern: Node, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier': {
        const binding = scope.names.get(pattern.name) ?? { name: pattern.name, written: [], read: [] }
        scope.names.set(pattern.name, binding)
        binding.written.push(pattern)
        this.#bindings.set(pattern, binding)
        break
      }
      case 'ObjectPattern':
        for (const property of pattern.properties)
          this.#declarePattern(property.type === 'RestElement' ? property.argument : property.value, scope)
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#declarePattern(element, scope)
        break
      case 'AssignmentPattern':
        this.#declarePattern(pattern.left, scope)
        break
      case 'RestElement':
        this.#declarePattern(pattern.argument, scope)
        break
      case 'TSParameterProperty':
        this.#declarePattern(pattern.parameter, scope)
        break
      default:
    }
  }
}

function opensScope(node: Node): boolean {
  switch (node.type) {
    case 'BlockStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'SwitchStatement':
    case 'CatchClause':
    case 'ClassExpression':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return true
    default:
      return isFunction(node)
  }
}

function scopeFor({ kind }: VariableDeclaration, scope: Scope): Scope {
  let holder = scope
  if (kind === 'var') while (!holder.holdsVar && holder.outer) holder = holder.outer
  return holder
}

function lookUp(name: string, from: Scope): Binding | null {
  for (let scope: Scope | null = from; scope; scope = scope.outer) {
    const found = scope.names.get(name)
    if (found) return found
  }
  return null
}

/** Whether a child is a name that stands for no value: of a property, a label or an export. */
function isLabel(child: Node, parent: Node): boolean {
  if (child.type !== 'Identifier') return false
  switch (parent.type) {
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return child === parent.property && !parent.computed
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
    case 'ClassAccessorProperty':
      return child === parent.key && !parent.computed
    case 'ExportSpecifier':
      return child !== parent.local
    case 'ImportSpecifier':
      return child === parent.imported && child !== parent.local
    case 'TSEnumMember':
      return child === parent.id
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'PrivateName':
      return true
    default:
      return false
  }
}

/** How an identifier that declares nothing uses its binding. */
function useOf(node: Identifier, parents: ReadonlyMap<Node, Node>): { isWritten: boolean; isRead: boolean } {
  const [written, read] = [
    { isWritten: true, isRead: false },
    { isWritten: false, isRead: true },
  ] as const
  let child: Node = node
  for (let parent = parents.get(child); parent; child = parent, parent = parents.get(child)) {
    switch (parent.type) {
      case 'UpdateExpression':
        return written
      case 'AssignmentExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
        return child === parent.left ? written : read
      case 'AssignmentPattern':
        if (child !== parent.left) return read
        break
      case 'ObjectProperty':
        if (child !== parent.value) return read
        break
      case 'ArrayPattern':
      case 'ObjectPattern':
      case 'RestElement':
        break
      default:
        return read
    }
  }
  return read
}

import type { Function as FunctionNode, Identifier, Node } from '@babel/types'

/** Keys of a node that hold no code. */
const NOT_CODE = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'errors'])
/** Nodes of TypeScript that hold code. All others are types, which say nothing of values. */
const TYPESCRIPT_CODE = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
  'TSExternalModuleReference',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
])

/** The nodes directly within a node, in the order of the text. Types are left out. */
export function* childrenOf(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (NOT_CODE.has(key) || typeof value !== 'object' || value === null) continue
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isCode(child)) yield child
  }
}

function isCode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  const { type } = value as Node
  if (typeof type !== 'string') return false
  return (!type.startsWith('TS') && type !== 'TypeAnnotation') || TYPESCRIPT_CODE.has(type)
}

/** Whether a node is a function: a declaration, an expression, an arrow or a method. */
export function isFunction(node: Node | null | undefined): node is FunctionNode {
  switch (node?.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassPrivateMethod':
      return true
    default:
      return false
  }
}

/** The expression within parentheses, type syntax and `await`. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSNonNullExpression':
    case 'TSInstantiationExpression':
      return bare(node.expression)
    case 'AwaitExpression':
      return bare(node.argument)
    default:
      return node
  }
}

/** The name of a property, where the code writes it: `units`, `'units'`, `#units` or `0`. Null where it is computed. */
export function keyOf(node: { key: Node; computed?: boolean }): string | null {
  const { key } = node
  if (key.type === 'StringLiteral') return key.value
  if (key.type === 'NumericLiteral') return String(key.value)
  if (key.type === 'PrivateName') return `#${key.id.name}`
  return key.type === 'Identifier' && !node.computed ? key.name : null
}

/** The name of the property that a member expression reads; null where it is computed. */
export function memberName(node: { property: Node; computed?: boolean }): string | null {
  return keyOf({ key: node.property, computed: node.computed ?? false })
}

export function isIdentifier(node: Node): node is Identifier {
  return node.type === 'Identifier'
}

/** The text of a name or of names with dots between them; an empty text for anything else. */
export function dotted(from: Node): string {
  const node = bare(from)
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return ''
  const [object, name] = [dotted(node.object), memberName(node)]
  return object === '' || name === null ? '' : `${object}.${name}`
}

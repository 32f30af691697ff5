import type { Node } from '@babel/types'
import type { Program } from './program/program.ts'
import { bare } from './program/syntax.ts'
import type { Form, Place } from './plan.ts'
import type { Origin } from './values/origin.ts'

/** Length of the longest text that is quoted of a place, in UTF-16 units. */
const MAX_QUOTED = 200

/** Where a node is in its file, byte order mark included. */
export function placeOf(program: Program, node: Node): Place {
  const { file, text, shift } = program.ownerOf(node)
  const [start, end] = [(node.start ?? 0) + shift, (node.end ?? 0) + shift]
  return {
    file,
    start,
    end,
    line: node.loc?.start.line ?? 1,
    text: text.slice(start, Math.min(end, start + MAX_QUOTED)),
  }
}

/** How a number is written in the program. */
export function formOf(program: Program, { node, steps }: Origin): Form {
  if (!program.ownerOf(node).parsed) return 'json'
  let parent = program.parentOf(node)
  while (parent && (bare(parent) === node || parent.type === 'CallExpression' || parent.type === 'UnaryExpression')) {
    // `Number(x)` is no argument of a function of the program.
    if (parent.type === 'CallExpression' && !isConversion(parent)) return isDefault(parent) ? 'default' : 'argument'
    parent = program.parentOf(parent)
  }
  switch (parent?.type) {
    case 'LogicalExpression':
    case 'AssignmentPattern':
    case 'ConditionalExpression':
      return 'default'
    case 'VariableDeclarator':
      return 'constant'
    case 'ArrayExpression':
      return 'element'
    case 'NewExpression':
      return 'argument'
    case 'ClassProperty':
    case 'ClassPrivateProperty':
      return 'field'
    case 'AssignmentExpression':
      return parent.left.type === 'MemberExpression' ? 'field' : 'constant'
    default:
      return steps.length === 0 ? 'literal' : 'property'
  }
}

function isConversion({ callee }: { callee: Node }): boolean {
  return callee.type === 'Identifier' && ['Number', 'parseInt', 'parseFloat'].includes(callee.name)
}

function isDefault({ callee }: { callee: Node }): boolean {
  return (
    callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'option'
  )
}

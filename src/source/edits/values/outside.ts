import type { Node } from '@babel/types'
import { bare, memberName } from '../program/syntax.ts'

/** Whether an expression is the environment or the command line, or a part of one: `process.env.UNITS`. */
export function isOutside(from: Node): boolean {
  const node = bare(from)
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return false
  const [name, object] = [memberName(node), bare(node.object)]
  const isSource = name === 'env' || name === 'argv'
  if (isSource && object.type === 'Identifier' && ['process', 'Deno', 'Bun'].includes(object.name)) return true
  if (name === 'env' && object.type === 'MetaProperty') return true
  return isOutside(object)
}

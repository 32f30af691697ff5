import type { Function as FunctionNode, Node } from '@babel/types'
import { childrenOf, isFunction } from '../program/syntax.ts'

/** The expressions that a function may return, in the order of the text. */
export function returnsOf({ body }: FunctionNode): Node[] {
  if (body.type !== 'BlockStatement') return [body]
  return within(body).flatMap((node) => (node.type === 'ReturnStatement' && node.argument ? [node.argument] : []))
}

/**
 * All nodes within a node in the order of the text, without those of inner functions.
 * @param enters which inner functions count nevertheless
 */
export function within(root: Node, enters: (inner: FunctionNode) => boolean = () => false): Node[] {
  const found: Node[] = []
  const pending: Node[] = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    found.push(node)
    if (node === root || !isFunction(node) || enters(node)) pending.push(...[...childrenOf(node)].reverse())
  }
  return found
}

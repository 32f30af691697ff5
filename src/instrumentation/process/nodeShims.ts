import util from 'node:util'

/**
 * Defines two functions of `node:util` where they are missing. tfjs-node 4.22 calls them in nearly every op, and Node
 * 23 removed them. The fix in tfjs-node is unreleased (https://github.com/tensorflow/tfjs/pull/8425).
 */
export function installNodeShims(): void {
  const target = util as unknown as Record<string, unknown>
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  target['isArray'] ??= Array.isArray
}

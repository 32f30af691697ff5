import util from 'node:util'

/**
 * tfjs-node 4.22 calls two functions that Node 23 removed, in nearly every op; the fix upstream is unreleased
 * (https://github.com/tensorflow/tfjs/pull/8425). Defined only where they are missing.
 */
export function restoreRemovedNodeFunctions(): void {
  const target = util as unknown as Record<string, unknown>
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  target['isArray'] ??= Array.isArray
}

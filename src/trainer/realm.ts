/**
 * Jest runs each test file in a context of node:vm, whose globals are its own: another `Object`, another `Error`. What is
 * made there inherits nothing from ours.
 */

/** The `Object.prototype` of the realm that an object was made in. */
export function rootOf(object: object): object {
  let root = object
  for (let p: unknown = Object.getPrototypeOf(object); p; p = Object.getPrototypeOf(p)) root = p
  return root
}

/** The `Error` of the realm whose `Object.prototype` this is; null where its code may not be made from strings. */
export function errorOf(root: object): ErrorConstructor | null {
  if (root === Object.prototype) return Error
  try {
    const { constructor } = root as { constructor: { constructor: FunctionConstructor } }
    return (constructor.constructor('return Error') as () => ErrorConstructor)()
  } catch {
    return null
  }
}

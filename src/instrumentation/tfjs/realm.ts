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

/** The global object of the realm whose `Object.prototype` this is; null where no code may be made from strings there. */
export function globalOf(root: object): object | null {
  if (root === Object.prototype) return globalThis
  try {
    const { constructor } = root as { constructor: { constructor: FunctionConstructor } }
    return (constructor.constructor('return globalThis') as () => object)()
  } catch {
    return null
  }
}

/** The `Error` of that realm. */
export function errorOf(root: object): ErrorConstructor | null {
  return (globalOf(root) as { Error?: ErrorConstructor } | null)?.Error ?? null
}

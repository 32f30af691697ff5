/**
 * A realm is a set of globals, each with its own `Object` and `Error`. Jest runs each test file in a realm of its own,
 * a context of node:vm; objects made there inherit nothing from this realm's prototypes.
 */

/** Returns the `Object.prototype` of the realm that an object was made in. */
export function rootOf(object: object): object {
  let root = object
  for (let p: unknown = Object.getPrototypeOf(object); p; p = Object.getPrototypeOf(p)) root = p
  return root
}

/**
 * Returns the global object of the realm with this `Object.prototype`; null where it forbids making code from strings.
 */
export function globalOf(root: object): object | null {
  if (root === Object.prototype) return globalThis
  try {
    const { constructor } = root as { constructor: { constructor: FunctionConstructor } }
    return (constructor.constructor('return globalThis') as () => object)()
  } catch {
    return null
  }
}

/** Returns the `Error` of the realm with this `Object.prototype`; null as for `globalOf`. */
export function errorOf(root: object): ErrorConstructor | null {
  return (globalOf(root) as { Error?: ErrorConstructor } | null)?.Error ?? null
}

/** Returns the innermost prototype in the object's chain that has `name` as an own property; null where none has. */
export function ownerOf(object: object, name: string): object | null {
  for (let p: unknown = Object.getPrototypeOf(object); p; p = Object.getPrototypeOf(p)) {
    if (Object.hasOwn(p, name)) return p
  }
  return null
}

/** Returns the outermost prototype that defines `name`, which is the base class; null where none does. */
export function basePrototype(object: object, name: string): object | null {
  let owner: object | null = null
  for (let p: unknown = Object.getPrototypeOf(object); p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    if (Object.hasOwn(p, name)) owner = p
  }
  return owner
}

/** Returns the outermost prototype that defines `name`, which is the base class; null where none does. */
export function basePrototype(object: object, name: string): object | null {
  let owner: object | null = null
  for (let p: unknown = Object.getPrototypeOf(object); p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    if (Object.hasOwn(p, name)) owner = p
  }
  return owner
}

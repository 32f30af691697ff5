import type { LayerArguments } from './layerArguments.ts'

/** Another value in the place of a layer's argument. */
export interface ArgumentOverride {
  /** Whether the layer's constructors have read the value. */
  readonly isRead: boolean
  /** Puts the user's own value back. */
  restore(): void
}

/**
 * Gives a layer's constructors another value for one argument. The object is the user's, who may construct several
 * layers with it, so anyone else who reads it gets the user's value.
 * @param isReader whether the constructors of the layer are reading now
 * @returns null where the object is frozen.
 */
export function overrideArgument(
  args: LayerArguments,
  name: string,
  value: unknown,
  isReader: () => boolean,
): ArgumentOverride | null {
  const own = Object.getOwnPropertyDescriptor(args, name)
  if (!(own ? own.configurable : Object.isExtensible(args))) return null
  let isRead = false
  let isReplaced = false
  const put = (descriptor: PropertyDescriptor): void => {
    isReplaced = true
    Object.defineProperty(args, name, descriptor)
  }
  Object.defineProperty(args, name, {
    configurable: true,
    // A class that copies its arguments copies the override as well.
    enumerable: true,
    get: (): unknown => {
      if (!isReader()) return own?.get ? (own.get.call(args) as unknown) : (own?.value as unknown)
      isRead = true
      return value
    },
    // Some classes write to their arguments: they complete them, or assign what they have just read.
    set(written: unknown) {
      if (written !== value) put({ value: written, configurable: true, enumerable: true, writable: true })
    },
  })
  return {
    get isRead() {
      return isRead
    },
    restore() {
      if (isReplaced) return
      if (own) put(own)
      else Reflect.deleteProperty(args, name)
    },
  }
}

import { callStack } from '../../sites/constructionSite.ts'
import { isProgramCode } from '../../sites/programCode.ts'
import type { SymbolicTensor } from '../../tfjs/tfjs.ts'
import { callsOutside } from './outermostCall.ts'

/** Reads by the library after which a tensor is watched no longer: each of them takes some microseconds. */
const MAX_READS_BY_LIBRARY = 100
/** Where `console.log` asks each object for a text of its own, before it looks at the object's properties. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** What ends the watching of a tensor. */
const watched = new WeakMap<object, () => void>()
const inspectable = new WeakSet<object>()

/**
 * Calls back once when code of the program reads the shape of a symbolic tensor. Until then `shape` is an accessor with
 * the same value, which is as enumerable and as writable as before. Reads by the library do not count: those within a
 * layer's call, and others by their place.
 * @param library path of the file that has the library's code, where it is none of an installed package
 */
export function watchShapeReads(tensor: SymbolicTensor, library: string | null, onRead: () => void): void {
  const property = Object.getOwnPropertyDescriptor(tensor, 'shape')
  if (!property?.configurable || !property.writable || watched.has(tensor)) return
  let value = property.value as unknown
  let reads = 0
  const unwatch = () => {
    const present = Object.getOwnPropertyDescriptor(tensor, 'shape')
    if (present?.get === get && present?.configurable) Object.defineProperty(tensor, 'shape', { ...property, value })
  }
  const get = () => {
    if (callsOutside.depth > 0) return value
    const [reader] = callStack(1, get)
    const isProgram = reader !== undefined && isProgramCode(reader, library)
    if (isProgram || ++reads === MAX_READS_BY_LIBRARY) unwatch()
    if (isProgram) onRead()
    return value
  }
  const { enumerable = false } = property
  Object.defineProperty(tensor, 'shape', {
    configurable: true,
    enumerable,
    get,
    set: (next: unknown) => (value = next),
  })
  watched.set(tensor, unwatch)
  keepPrintable(tensor)
}

/** `console.log` would print an accessor as one: tensors that are printed are watched no longer. */
function keepPrintable(tensor: SymbolicTensor): void {
  const prototype = Object.getPrototypeOf(tensor) as object | null
  if (!prototype || inspectable.has(prototype) || INSPECT in prototype) return
  inspectable.add(prototype)
  Object.defineProperty(prototype, INSPECT, {
    configurable: true,
    enumerable: false,
    get(this: object) {
      watched.get(this)?.()
      return undefined
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, INSPECT, { value, configurable: true, enumerable: true, writable: true })
    },
  })
}

import { readFileSync } from 'node:fs'

/**
 * This script is loaded by `NODE_OPTIONS` into every Node process of a terminal with auto attach. It waits for
 * TensorFlow.js to make its engine, and only then loads the preload: npm, compilers and servers just get one property
 * that is not enumerable. Without an invitation (auto attach was switched off, or its window is closed) it loads
 * nothing.
 *
 * Terminals outlive updates of the extension, so the script is copied to a place that no update removes. It therefore
 * has to be a single file without imports of ours.
 */
const name = '_tfengine'
const { SATURATION_TERMINAL: file, SATURATION_RUN: run } = process.env
// A command started by Saturation loads its preload itself.
if (file !== undefined && run === undefined && !(name in globalThis)) {
  // TensorFlow.js puts the engine on the global object or on the program's own `window`; both inherit this property.
  Object.defineProperty(Object.prototype, name, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: Record<string, unknown>, engine: unknown) {
      Reflect.deleteProperty(Object.prototype, name)
      loadPreload(file)
      // Assigned again: the preload has just defined a setter that waits for this assignment.
      this[name] = engine
    },
  })
}

function loadPreload(invitation: string): void {
  try {
    const { preload } = JSON.parse(readFileSync(invitation, 'utf8')) as { preload: string }
    // The path is only known at run time.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(preload)
  } catch {
    // There is no invitation.
  }
}

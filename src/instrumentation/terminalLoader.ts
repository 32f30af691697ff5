import { readFileSync } from 'node:fs'

/**
 * Loaded by `NODE_OPTIONS` into every node of a terminal with auto attach. It waits for TensorFlow.js to make its engine
 * and loads the preload only then: npm, compilers and servers get one property that nothing enumerates. Without an
 * invitation (auto attach was switched off, its window is closed) nothing is loaded at all. It is copied to where no
 * update of the extension removes it, since terminals live longer; so it is one file and needs no other.
 */
const name = '_tfengine'
const { SATURATION_TERMINAL: file, SATURATION_RUN: run } = process.env
// A run's own invitation comes with a preload of its own.
if (file !== undefined && run === undefined && !(name in globalThis)) {
  // Inherited by the global object and by a `window` that the program defines: the engine is put on either.
  Object.defineProperty(Object.prototype, name, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: Record<string, unknown>, engine: unknown) {
      Reflect.deleteProperty(Object.prototype, name)
      loadPreload(file)
      // The preload waits for the same assignment.
      this[name] = engine
    },
  })
}

function loadPreload(invitation: string): void {
  try {
    const { preload } = JSON.parse(readFileSync(invitation, 'utf8')) as { preload: string }
    // A path that is known at run time only.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(preload)
  } catch {
    // Nobody is invited.
  }
}

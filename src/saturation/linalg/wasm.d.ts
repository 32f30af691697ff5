/**
 * A binary compiled by `setup/assemblyscript.mjs` from the AssemblyScript file of the same name without `.relaxed`.
 */
declare module '*.wasm' {
  const binary: Uint8Array<ArrayBuffer>
  export default binary
}

/** The parts of WebAssembly that are used here. TypeScript's own library declares them only together with the DOM. */
declare namespace WebAssembly {
  /** Whether this engine supports every feature that the module uses. */
  function validate(binary: Uint8Array<ArrayBuffer>): boolean
  class Module {
    constructor(binary: Uint8Array<ArrayBuffer>)
  }
  class Instance {
    constructor(module: Module)
    readonly exports: unknown
  }
  interface Memory {
    readonly buffer: ArrayBuffer
  }
}

/** Compiled from the AssemblyScript file of the same name, `.relaxed` left out (`assemblyscript.mjs`). */
declare module '*.wasm' {
  const binary: Uint8Array<ArrayBuffer>
  export default binary
}

/** What we use of WebAssembly, which TypeScript's own library declares only together with a browser's document. */
declare namespace WebAssembly {
  /** Whether this engine knows all that the module uses. */
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

/** Calls of layers and models outside of measured passes that are in progress; they nest. */
export const callsOutside = { depth: 0 }

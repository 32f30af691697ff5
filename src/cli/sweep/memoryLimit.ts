import os from 'node:os'

/** Share of the machine's memory that trials may take, where no other limit is given. */
const MEMORY_SHARE = 0.8

/** Bytes of memory that all trials of this machine may take at once, where no other limit is given. */
export function memoryLimit(): number {
  return MEMORY_SHARE * totalMemory()
}

/** Bytes of memory that this process may use: a container may have less than the machine. */
function totalMemory(): number {
  const limit = process.constrainedMemory()
  const total = os.totalmem()
  return limit > 0 && limit < total ? limit : total
}

/** Longest JSON text of a script's arguments that is reported: the request for a run has a limited length. */
const MAX_ARGUMENT_CHARACTERS = 16_000

/** The program of a process or thread, as its run is to name it. */
export interface Program {
  /** Path as in `process.argv`. */
  script: string
  /** Empty where they are too long. */
  args: string[]
  cwd: string
}

/** Describes the program that runs now. */
export function currentProgram(): Program {
  const args = process.argv.slice(2)
  const isShort = JSON.stringify(args).length < MAX_ARGUMENT_CHARACTERS
  return { script: process.argv[1] ?? '[eval]', args: isShort ? args : [], cwd: process.cwd() }
}

import { clip } from '../../protocol/clip.ts'

/** The error of a run that cannot begin with the weights that it was to inherit. */
export class InheritError extends Error {
  override readonly name = 'Error'

  /** @param run the earlier run, as the person has named it. @param why a clause */
  constructor(run: string, why: string) {
    super(clip(`The weights of ${run} cannot be inherited: ${why}.`))
  }

  /** The error as a person reads it. */
  get problem(): { message: string; advice: string } {
    return { message: this.message, advice: 'Nothing was inherited, and nothing was trained.' }
  }
}

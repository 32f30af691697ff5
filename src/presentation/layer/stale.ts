/** That a layer's code, or what is behind its width, was edited since the run started, in a few words. */
export const STALE = 'stale, edited since'

/** The same in the panel's column of verdicts, which has room for one word. */
export const STALE_VERDICT = 'stale'

/** The same in a sentence. */
export const STALE_EXPLAINED =
  'The definition, or what its width comes from, was edited since the run started: the numbers belong to what it was then.'

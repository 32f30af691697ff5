/** That a layer's code was edited since the run started, in a few words. */
export const STALE = 'stale, edited since'

/** The same in a sentence. */
export const STALE_EXPLAINED =
  'The definition was edited since the run started: the numbers belong to what it was then.'

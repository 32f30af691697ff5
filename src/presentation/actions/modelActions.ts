import type { OfferedAction } from './layerActions.ts'

/** Shows what a plan of a proof would change. */
export const RIGHT_SIZE: OfferedAction = {
  id: 'right-size',
  title: 'Right-size this Model…',
  tooltip: 'Shows what would change, group by group, before anything is edited',
  width: null,
  layers: [],
}

/** Trains the shown network again, to tell its result from chance. */
export const REPEAT: OfferedAction = {
  id: 'repeat',
  title: 'Repeat with 3 seeds',
  tooltip: 'Trains three times more, one after the other; a script without a fixed seed differs each time',
  width: null,
  layers: [],
}

/** Compares runs by another metric. */
export const CHOOSE_METRIC: OfferedAction = {
  id: 'metric',
  title: 'Choose Metric…',
  tooltip: 'Compares the runs by another of the metrics that they report',
  width: null,
  layers: [],
}

/** Trains the network without the layers that contribute nothing. */
export const REMOVE_TAIL: OfferedAction = {
  id: 'remove tail',
  title: 'Remove Tail',
  tooltip: 'Trains once without these layers, from scratch, and compares; the code stays as it is',
  width: null,
  layers: [],
}

/** Ends the run that goes on. */
export const STOP: OfferedAction = {
  id: 'stop',
  title: 'Stop Training',
  tooltip: 'Ends the training now; what was measured is kept',
  width: null,
  layers: [],
}

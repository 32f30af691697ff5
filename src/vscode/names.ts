/** Commands that package.json contributes. */
export const COMMANDS = {
  run: 'saturation.run',
  runWithArguments: 'saturation.runWithArguments',
  debug: 'saturation.debug',
  runPackageScript: 'saturation.runPackageScript',
  checkLosslessEigenspace: 'saturation.checkLosslessEigenspace',
  proveWidths: 'saturation.proveWidths',
  probeLayers: 'saturation.probeLayers',
  compareWithExact: 'saturation.compareWithExact',
  sweep: 'saturation.sweep',
  findInputResolution: 'saturation.findInputResolution',
  stop: 'saturation.stop',
  chooseRun: 'saturation.chooseRun',
  openExample: 'saturation.openExample',
  checkSetup: 'saturation.checkSetup',
  toggleAutoAttach: 'saturation.toggleAutoAttach',
  turnOnAutoAttach: 'saturation.turnOnAutoAttach',
  turnOffAutoAttach: 'saturation.turnOffAutoAttach',
  openLayer: 'saturation.openLayer',
  useWidth: 'saturation.useWidth',
  tryWidth: 'saturation.tryWidth',
  tryNetworks: 'saturation.tryNetworks',
  proveLayer: 'saturation.proveLayer',
  whyHint: 'saturation.whyHint',
  ignoreHint: 'saturation.ignoreHint',
  applyTrial: 'saturation.applyTrial',
  discardTrial: 'saturation.discardTrial',
  runAgain: 'saturation.runAgain',
  runFromScratch: 'saturation.runFromScratch',
  repeatRun: 'saturation.repeatRun',
  removeTail: 'saturation.removeTail',
  chooseMetric: 'saturation.chooseMetric',
  rightSize: 'saturation.rightSize',
  pickLayer: 'saturation.pickLayer',
} as const

/** The prefix of all settings. */
export const SETTINGS_SECTION = 'saturation'

/** Settings that package.json contributes, relative to `SETTINGS_SECTION`. */
export const SETTINGS = {
  node: 'node',
  autoAttach: 'autoAttach',
  delta: 'delta',
  budget: 'budget',
  metric: 'metric',
  measure: 'measure',
  underusedBelow: 'underusedBelow',
  crowdedAbove: 'crowdedAbove',
  codeLensEnabled: 'codeLens.enabled',
  hintStates: 'hints.states',
  hintForms: 'hints.forms',
  hintIgnore: 'hints.ignore',
  keepTrainingWithoutEditor: 'keepTrainingWithoutEditor',
  completeWasm: 'completeWasm',
  keepWeights: 'keepWeights',
  keepWeightsLimit: 'keepWeightsLimit',
  staticHintsInline: 'staticHints.inline',
} as const

/** Context keys for the `when` clauses of package.json's menus. */
export const CONTEXT_KEYS = {
  /** True while the current run has not ended. */
  running: 'saturation.running',
  /** True while a run is shown, whether or not it has ended. */
  hasRun: 'saturation.hasRun',
  /** True while the active editor's file trains a model. */
  fileTrains: 'saturation.fileTrains',
} as const

/** In front of the names of tools for language models, as package.json contributes them. */
export const LANGUAGE_MODEL_TOOL_PREFIX = 'saturation_'

/** The provider of the server for assistants that package.json contributes. */
export const MCP_PROVIDER = 'saturation.mcp'

/** Views that package.json contributes. */
export const VIEWS = { panel: 'saturation.panel' } as const

/** The command that VS Code itself adds for the panel. */
export const FOCUS_PANEL = `${VIEWS.panel}.focus`

/** Ids of the status bar's items, by which VS Code remembers which of them the user has hidden. */
export const STATUS_ITEMS = { run: 'saturation.status', autoAttach: 'saturation.autoAttach' } as const

/** The task definition that package.json contributes. */
export const TASK_TYPE = 'saturation'

/** Attribute of our own debug configurations; holds an id of the run. */
export const DEBUG_RUN_ATTRIBUTE = 'saturationRun'

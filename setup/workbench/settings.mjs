/**
 * VS Code settings of the browser workbench.
 */

/** Settings that turn off everything that asks, advertises, updates or reports. */
const QUIET_SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
}

/** Settings for `npm start`. @type {Readonly<Record<string, unknown>>} */
export const INTERACTIVE_SETTINGS = {
  ...QUIET_SETTINGS,
  'workbench.colorTheme': 'Default Dark Modern',
  'editor.codeLens': true,
}

/**
 * Settings for the end-to-end tests. They make the window look the same every time.
 * @public
 * @type {Readonly<Record<string, unknown>>}
 */
export const DETERMINISTIC_SETTINGS = {
  ...QUIET_SETTINGS,
  'workbench.reduceMotion': 'on',
  'workbench.editor.enablePreview': false,
  'security.workspace.trust.startupPrompt': 'never',
  'files.hotExit': 'off',
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.shellIntegration.enabled': false,
  // No test needs types. Without them the language server does not read the declarations of TensorFlow.js.
  'js/ts.tsserver.useSyntaxServer': 'always',
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
}

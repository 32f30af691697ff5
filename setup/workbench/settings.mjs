/**
 * Settings of the browser workbench.
 */

/** Nothing that asks, advertises or reports: the person came to see one thing. */
const CALM = {
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

/** For `npm start`. @type {Readonly<Record<string, unknown>>} */
export const FRIENDLY_SETTINGS = { ...CALM, 'workbench.colorTheme': 'Default Dark Modern', 'editor.codeLens': true }

/** For end-to-end tests: the same picture every time. @public @type {Readonly<Record<string, unknown>>} */
export const DETERMINISTIC_SETTINGS = {
  ...CALM,
  'workbench.reduceMotion': 'on',
  'workbench.editor.enablePreview': false,
  'security.workspace.trust.startupPrompt': 'never',
  'files.hotExit': 'off',
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'editor.cursorBlinking': 'solid',
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.shellIntegration.enabled': false,
}

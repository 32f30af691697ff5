import * as vscode from 'vscode'

/**
 * Gives the debug sessions of the user's own launch configurations what new terminals get: the debugger sets
 * `NODE_OPTIONS` anew, and with it what VS Code has contributed to a terminal.
 * @param environment asked at each launch; null while auto attach is off
 * @param dist folder of our bundles, whose frames are to be skipped
 */
export function contributeToDebugSessions(
  environment: () => Record<string, string> | null,
  dist: string,
): vscode.Disposable {
  return vscode.debug.registerDebugConfigurationProvider('node', {
    resolveDebugConfiguration(_folder, configuration) {
      const ours = environment()
      const {
        request,
        env = {},
        skipFiles = [],
      } = configuration as {
        request?: string
        env?: Record<string, string>
        skipFiles?: string[]
      }
      // A run of Debug with Saturation has an invitation of its own.
      if (!ours || request !== 'launch' || configuration['saturationRun']) return configuration
      const options = (ours['NODE_OPTIONS'] ?? '') + (env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? '')
      return {
        ...configuration,
        env: { ...env, ...ours, NODE_OPTIONS: options },
        skipFiles: [...skipFiles, `${dist.replaceAll('\\', '/')}/**`],
      }
    },
  })
}

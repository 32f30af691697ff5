import * as vscode from 'vscode'
import { DEBUG_RUN_ATTRIBUTE } from '../names.ts'

/**
 * Adds the environment of new terminals to the debug sessions of the user's own launch configurations. They need it
 * separately, because the debugger sets `NODE_OPTIONS` anew and so drops what VS Code added for terminals.
 * @param environment called at each launch; returns null while auto attach is off
 * @param dist folder of our bundles, which stepping is to skip
 */
export function provideDebugSessionEnvironment(
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
      // A run that Debug with Saturation started has an invitation of its own.
      if (!ours || request !== 'launch' || configuration[DEBUG_RUN_ATTRIBUTE]) return configuration
      const options = (ours['NODE_OPTIONS'] ?? '') + (env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'] ?? '')
      return {
        ...configuration,
        env: { ...env, ...ours, NODE_OPTIONS: options },
        skipFiles: [...skipFiles, `${dist.replaceAll('\\', '/')}/**`],
      }
    },
  })
}

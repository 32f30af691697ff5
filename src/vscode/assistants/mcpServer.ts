import path from 'node:path'
import * as vscode from 'vscode'
import { MCP_PROVIDER } from '../names.ts'

/**
 * Offers the server for assistants to VS Code, which starts it only when a person allows that. VS Code can do so from
 * 1.101 on.
 * @param dist absolute path of the folder of the bundles
 */
export function offerMcpServer(dist: string, version: string): vscode.Disposable {
  const lm: Partial<Pick<typeof vscode.lm, 'registerMcpServerDefinitionProvider'>> = vscode.lm
  if (!lm.registerMcpServerDefinitionProvider) return { dispose: () => undefined }
  return lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
    provideMcpServerDefinitions() {
      const [workspace] = vscode.workspace.workspaceFolders ?? []
      if (workspace?.uri.scheme !== 'file') return []
      const args = [path.join(dist, 'mcp.cjs'), workspace.uri.fsPath]
      // The editor's own Node is there in any case.
      const env = { ELECTRON_RUN_AS_NODE: '1' }
      return [new vscode.McpStdioServerDefinition('Saturation Inspector', process.execPath, args, env, version)]
    },
  })
}

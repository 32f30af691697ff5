import * as vscode from 'vscode'
import type { RunSource } from '../../mcp/runSource.ts'
import { answer, TOOLS } from '../../mcp/tools/tools.ts'
import { LANGUAGE_MODEL_TOOL_PREFIX } from '../names.ts'

/**
 * Offers the read-only tools to language models in VS Code. They answer in this process, so runs that train are known as
 * well.
 */
export function registerLanguageModelTools(runs: RunSource): vscode.Disposable {
  return vscode.Disposable.from(
    ...TOOLS.map(({ name, title }) =>
      vscode.lm.registerTool(`${LANGUAGE_MODEL_TOOL_PREFIX}${name}`, {
        prepareInvocation: () => ({ invocationMessage: `Saturation: ${title}` }),
        async invoke({ input }) {
          const { text } = await answer(name, input, runs)
          return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)])
        },
      }),
    ),
  )
}

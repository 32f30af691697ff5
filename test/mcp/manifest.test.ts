import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { inputSchema, TOOLS } from '../../src/mcp/tools/tools.ts'
import { LANGUAGE_MODEL_TOOL_PREFIX, MCP_PROVIDER } from '../../src/vscode/names.ts'

const { contributes } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  contributes: {
    languageModelTools: { name: string; displayName: string; modelDescription: string; inputSchema: object }[]
    mcpServerDefinitionProviders: { id: string }[]
  }
}

it('package.json offers language models in VS Code the tools that the server has', () => {
  const offered = contributes.languageModelTools.map(({ name, displayName, modelDescription, inputSchema: schema }) => {
    return { name, displayName, modelDescription, schema }
  })
  expect(offered).toEqual(
    TOOLS.map((tool) => ({
      name: `${LANGUAGE_MODEL_TOOL_PREFIX}${tool.name}`,
      displayName: tool.title,
      modelDescription: tool.description,
      schema: inputSchema(tool),
    })),
  )
  expect(contributes.mcpServerDefinitionProviders.map(({ id }) => id)).toEqual([MCP_PROVIDER])
})

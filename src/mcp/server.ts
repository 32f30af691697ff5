import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js'
import type { RunSource } from './runSource.ts'
import { answer, inputSchema, TOOLS } from './tools/tools.ts'

const INSTRUCTIONS =
  'Saturation Inspector measures how much of each layer of a TensorFlow.js model is used while it trains. These tools read recorded runs; they start no training and change no file. Widths are estimates unless a tool calls them proven; one run against one run proves little.'

/** A server of the Model Context Protocol that answers questions about runs. */
export function createServer(runs: RunSource, version: string): Server {
  const server = new Server(
    { name: 'saturation-inspector', title: 'Saturation Inspector', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map((tool): Tool => {
      const { name, title, description } = tool
      const schema = inputSchema(tool) as Tool['inputSchema']
      return {
        name,
        title,
        description,
        inputSchema: schema,
        annotations: { readOnlyHint: true, openWorldHint: false },
      }
    }),
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const { text, isError } = await answer(params.name, params.arguments, runs)
    return { content: [{ type: 'text', text }], isError }
  })
  return server
}

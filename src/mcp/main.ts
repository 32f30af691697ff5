import path from 'node:path'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { SavedRuns } from './savedRuns.ts'
import { createServer } from './server.ts'

declare const PRODUCT_VERSION: string

/**
 * The process that serves assistants over its standard input and output, until its input ends. It is a bundle of its own,
 * because the SDK is larger than the rest of the command line.
 */
const [folder = '.'] = process.argv.slice(2)
const server = createServer(new SavedRuns(path.resolve(folder)), PRODUCT_VERSION)
void server.connect(new StdioServerTransport())

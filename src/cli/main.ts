import { Command } from 'commander'
import { USAGE_EXIT_CODE } from './commandLine/end.ts'
import { addReadingCommands } from './commandLine/readingCommands.ts'
import { addResultCommands } from './commandLine/resultCommands.ts'
import { addRunCommand } from './commandLine/runCommand.ts'
import { printLine } from './console/terminalText.ts'

declare const PRODUCT_VERSION: string

const program = new Command('saturation')
  .description('How much of each layer of a TensorFlow.js model is used while it trains.')
  .version(PRODUCT_VERSION)
  .enablePositionalOptions()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'saturation:')) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE))

addRunCommand(program)
addResultCommands(program)
addReadingCommands(program)

// `saturation report | head` closes our output early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  process.once('exit', () => (process.exitCode = USAGE_EXIT_CODE))
  printLine(process.stderr, `saturation: The output cannot be written: ${error.message}`)
})
// Where nobody can be told of anything, the training goes on all the same.
process.stderr.on('error', () => {})

// CommonJS bundles have no top-level await. A bug of ours becomes an unhandled rejection, which prints its stack.
void program.parseAsync()

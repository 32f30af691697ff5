import { LaunchError } from '../../runner/launch/launchError.ts'
import { printLine } from '../console/terminalText.ts'
import { UsageError } from '../console/usageError.ts'

/** Exit code for mistakes that the user can correct: a missing file, a wrong option. A script's own exit code passes through. */
export const USAGE_EXIT_CODE = 2

/** Ends the process with a command's exit code. A mistake of the user is printed as one sentence; a bug of ours is thrown. */
export async function end(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof LaunchError)) throw error
    printLine(process.stderr, `saturation: ${error.message}`)
    process.exitCode = USAGE_EXIT_CODE
  }
}

import type { EventBody } from '../../protocol/events.ts'
import type { FatalError } from '../process/fatalErrors.ts'
import type { RunConnection } from './runConnection.ts'

/**
 * Reports how the process ends, and blocks until the session has everything. For `process.on('exit')`. A process that
 * ends normally without having trained reports nothing: the session explains that.
 * @param fatal the error that nobody caught; null where there was none
 */
export function reportEnd(
  connection: RunConnection,
  exitCode: number,
  fatal: FatalError | null,
  trained: boolean,
): void {
  // With exit code 0, the user's own handler has dealt with the error.
  const thrown = exitCode === 0 ? null : fatal
  if (thrown && (connection.channel || !connection.inTerminal))
    connection.open().event({ type: 'problem', layer: null, ...thrown })
  const { channel } = connection
  if (thrown || trained) channel?.event(endOf(exitCode, thrown !== null))
  channel?.finish()
}

function endOf(exitCode: number, thrown: boolean): EventBody {
  const failure = `The script ${thrown ? 'failed' : 'ended'} with exit code ${exitCode}.`
  const message = exitCode === 0 ? 'Training completed.' : failure
  return { type: 'run ended', how: exitCode === 0 ? 'completed' : 'failed', exitCode, signal: null, message }
}

import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { Invitation, INVITATION_VARIABLE, TERMINAL_VARIABLE } from '../protocol/handshake.ts'
import { MonitoredProcess } from './monitoredProcess.ts'
import { printToStandardError } from './process/standardError.ts'

/**
 * The entry point, loaded with `node --require` before the user's script. It reads the invitation that the environment
 * names, that of a command before that of a terminal, and watches the process.
 */
const { [INVITATION_VARIABLE]: ofCommand, [TERMINAL_VARIABLE]: ofTerminal } = process.env
const file = ofCommand ?? ofTerminal
try {
  if (file !== undefined) {
    const invitation = v.parse(Invitation, JSON.parse(readFileSync(file, 'utf8')))
    new MonitoredProcess({ invitation, file, inTerminal: ofCommand === undefined }).watch()
  }
} catch (error) {
  // The file is gone when its command has ended and this process outlives it.
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
    printToStandardError(`not monitoring this process: ${error instanceof Error ? error.message : String(error)}`)
}

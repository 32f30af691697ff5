import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import { PROTOCOL } from '../../protocol/events.ts'
import { Invitation, JOIN, Joined, type Join } from '../../protocol/handshake.ts'
import { JsonRpcClient } from './jsonRpcClient.ts'

/** Pause before the next attempt, ms. */
const RETRY_INTERVAL_MS = 250
/** Time after which asking is given up, ms. It outlasts the reload of a window, which writes a new invitation. */
export const GIVE_UP_AFTER_MS = 30_000

/**
 * Asks the session whose invitation lies in a file for a run of this process's own.
 * @param onUnanswered called after each attempt without an answer. @returns true when this process is being ended
 * @param giveUpAfter ms after which the process goes on without a run; null where it is ended in place of that
 * @returns the address at which a session listens for the run; null when the session refuses, or when none has answered.
 */
export async function askForRun(
  file: string,
  who: Omit<Join, 'protocol' | 'secret'>,
  onUnanswered: () => boolean,
  giveUpAfter: number | null,
): Promise<Joined | null> {
  const end = performance.now() + (giveUpAfter ?? Infinity)
  for (; performance.now() < end; await sleep(RETRY_INTERVAL_MS)) {
    try {
      const { address, secret } = v.parse(Invitation, JSON.parse(await readFile(file, 'utf8')))
      return await ask(address, { protocol: PROTOCOL, secret, ...who })
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.InvalidRequest) return null
      if (onUnanswered()) return null
    }
  }
  return null
}

/** @throws Error when there is no answer at this address, or one without a run's address. */
async function ask(address: string, join: Join): Promise<Joined> {
  const socket = net.connect(address)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    // Once connected, a lost connection shows as a request without a reply.
    socket.on('error', () => socket.destroy())
    return v.parse(Joined, await new JsonRpcClient(socket, () => {}).request(JOIN, join))
  } finally {
    socket.destroy()
  }
}

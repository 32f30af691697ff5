import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import { PROTOCOL } from '../../protocol/events.ts'
import { Invitation, JOIN, Joined, type Join } from '../../protocol/handshake.ts'
import { Requests } from './jsonRpcClient.ts'

const RETRY_MS = 250
/** Milliseconds to go on asking: a window that is being reloaded lays out a new invitation. */
const PATIENCE_MS = 30_000

/**
 * Asks the session whose invitation lies in a file for a run of this process's own.
 * @param onUnanswered called whenever nobody answers; it is asked again then
 * @returns where the run is listened for; null when there is none for this process, or nobody is there any more.
 */
export async function askForRun(
  file: string,
  who: Omit<Join, 'protocol' | 'secret'>,
  onUnanswered: () => void,
): Promise<Joined | null> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(RETRY_MS)) {
    try {
      const { address, secret } = v.parse(Invitation, JSON.parse(await readFile(file, 'utf8')))
      return await ask(address, { protocol: PROTOCOL, secret, ...who })
    } catch (error) {
      if (error instanceof ResponseError && error.code === ErrorCodes.InvalidRequest) return null
      onUnanswered()
    }
  }
  return null
}

/** @throws Error when nobody answers there, or not with an address. */
async function ask(address: string, join: Join): Promise<Joined> {
  const socket = net.connect(address)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    // Behind the connection, losing it shows as an unanswered request.
    socket.on('error', () => socket.destroy())
    return v.parse(Joined, await new Requests(socket, () => {}).request(JOIN, join))
  } finally {
    socket.destroy()
  }
}

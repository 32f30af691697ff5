import { writeSync } from 'node:fs'
import net from 'node:net'
import * as v from 'valibot'
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import { PROTOCOL } from '../../protocol/events.ts'
import { HELLO, Received, REPORT, STOP, type Invitation, type Joined } from '../../protocol/handshake.ts'
import type { Outbox } from './outbox.ts'
import { Requests } from './jsonRpcClient.ts'

const RETRY_MS = 250
/** Time a process has to end itself on SIGTERM before SIGKILL follows. */
const TERM_GRACE_MS = 5000

/**
 * Delivers the outbox to the session over its socket, one acknowledged request at a time, and reconnects when the
 * session goes away (a reloaded window comes back on the same address). Without a session for `orphanAfter`
 * milliseconds it ends the process, so that a closed editor leaves no training behind.
 */
export class Reporter {
  /** Called when a session begins to listen, and when there is none or none any more. */
  onAlone: (alone: boolean) => void = () => {}
  readonly #orphanAfter: number | null
  readonly #who: { pid: number; thread: number }
  readonly #outbox: Outbox
  #connection: { socket: net.Socket; requests: Requests } | null = null
  #sending = false
  #refused = false
  #ending = false
  #aloneSince: number | null = null
  #waiting: (() => void)[] = []
  #session: Joined | null = null

  constructor({ orphanAfter }: Pick<Invitation, 'orphanAfter'>, who: { pid: number; thread: number }, outbox: Outbox) {
    this.#orphanAfter = orphanAfter
    this.#who = who
    this.#outbox = outbox
  }

  /** Connects to the run's session and stays with it. */
  connect(session: Joined): void {
    this.#session = session
    this.#connect(session)
  }

  /** There is no session: what is reported is dropped. */
  giveUp(): void {
    this.#refused = true
    this.#release()
  }

  /** There is no session, at present or any more. @returns true when this process is to end for it. */
  unanswered(): boolean {
    this.onAlone(true)
    this.#aloneSince ??= Date.now()
    const orphanAfter = this.#orphanAfter
    if (this.#refused || orphanAfter === null || Date.now() - this.#aloneSince < orphanAfter) return false
    this.#endProcess()
    return true
  }

  #connect({ address, secret }: Joined): void {
    // The socket may close before the refusal that came over it is dealt with.
    if (this.#refused) return
    const socket = net.connect(address)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#lost())
    socket.on('connect', () => void this.#greet(socket, secret))
  }

  /** Sends what is in the outbox, if connected and not sending already. */
  flush(): void {
    if (!this.#sending && this.#connection) void this.#send(this.#connection)
  }

  /** Resolves when the outbox is empty, or can never be. */
  drained(): Promise<void> {
    this.flush()
    if (this.#outbox.empty || this.#refused) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async #greet(socket: net.Socket, secret: string): Promise<void> {
    const requests = new Requests(socket, (method) => method === STOP && this.#endProcess())
    try {
      const hello = { protocol: PROTOCOL, secret, ...this.#who }
      const { next } = v.parse(Received, await requests.request(HELLO, hello))
      this.#outbox.acknowledge(next)
      this.#connection = { socket, requests }
      this.#aloneSince = null
      this.onAlone(false)
      this.flush()
    } catch (error) {
      // Any other error is the session's trouble (a full disk) or the connection's end, and may pass.
      const code = error instanceof ResponseError ? error.code : null
      if (code === ErrorCodes.InvalidRequest) this.#refuse((error as Error).message)
      socket.destroy()
    }
  }

  async #send({ socket, requests }: { socket: net.Socket; requests: Requests }): Promise<void> {
    this.#sending = true
    try {
      for (let events = this.#outbox.batch(); events.length > 0; events = this.#outbox.batch()) {
        const { next } = v.parse(Received, await requests.request(REPORT, { events }))
        this.#outbox.acknowledge(next)
      }
    } catch {
      // The connection is gone or the session in trouble: what was not acknowledged is sent on the next one.
      socket.destroy()
    } finally {
      this.#sending = false
    }
    if (this.#outbox.empty) this.#release()
  }

  #lost(): void {
    this.#connection = null
    const session = this.#session
    if (!this.unanswered() && !this.#refused && session) setTimeout(() => this.#connect(session), RETRY_MS)
  }

  #refuse(reason: string): void {
    try {
      // A worker thread's `process.stderr` is written by the main thread, which may be about to end.
      writeSync(2, `Saturation Inspector: not monitoring this process: ${reason}\n`)
    } catch {
      // Closed, or full and not to be waited for.
    }
    this.giveUp()
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting = []
  }

  #endProcess(): void {
    if (this.#ending) return
    this.#ending = true
    process.kill(this.#who.pid, 'SIGTERM')
    setTimeout(() => process.kill(this.#who.pid, 'SIGKILL'), TERM_GRACE_MS)
  }
}

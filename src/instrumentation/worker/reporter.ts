import { writeSync } from 'node:fs'
import net from 'node:net'
import * as v from 'valibot'
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import { PROTOCOL } from '../../protocol/events.ts'
import { HELLO, Received, REPORT, STOP, type Invitation, type Joined } from '../../protocol/handshake.ts'
import { JsonRpcClient } from './jsonRpcClient.ts'
import type { Outbox } from './outbox.ts'

/** Pause before the next attempt to connect, ms. */
const RETRY_INTERVAL_MS = 250
/** Time between SIGTERM, on which the process may end itself, and SIGKILL, ms. */
const SIGKILL_AFTER_MS = 5000

/**
 * Delivers the outbox to the session over its socket, one acknowledged request at a time. It reconnects when the
 * session goes away: a reloaded window listens on the same address again. After `orphanAfter` ms without a session it
 * ends the process, so that a closed editor leaves no training behind.
 */
export class Reporter {
  /** Called with false when a session begins to listen, and with true when there is none or the session has gone. */
  onAlone: (alone: boolean) => void = () => {}
  readonly #orphanAfter: number | null
  /** The process and thread that report. */
  readonly #sender: { pid: number; thread: number }
  readonly #outbox: Outbox
  #connection: { socket: net.Socket; client: JsonRpcClient } | null = null
  #sending = false
  #refused = false
  #ending = false
  /** Since when no session answers, ms of the wall clock; null while one does. */
  #aloneSince: number | null = null
  #drainListeners: (() => void)[] = []
  #session: Joined | null = null

  constructor(
    { orphanAfter }: Pick<Invitation, 'orphanAfter'>,
    sender: { pid: number; thread: number },
    outbox: Outbox,
  ) {
    this.#orphanAfter = orphanAfter
    this.#sender = sender
    this.#outbox = outbox
  }

  /** Connects to the run's session, and again whenever the connection is lost. */
  connect(session: Joined): void {
    this.#session = session
    this.#connect(session)
  }

  /** Reports nothing from now on, because there is no session for this process. */
  giveUp(): void {
    this.#refused = true
    this.#release()
  }

  /** Notes that no session answers. @returns true when the process is ended because none has answered for too long. */
  unanswered(): boolean {
    this.onAlone(true)
    this.#aloneSince ??= performance.now()
    const orphanAfter = this.#orphanAfter
    if (this.#refused || orphanAfter === null || performance.now() - this.#aloneSince < orphanAfter) return false
    this.#endProcess()
    return true
  }

  #connect({ address, secret }: Joined): void {
    // A socket may close before the refusal that it delivered is handled.
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

  /** Resolves when the outbox is empty, or when the session refuses this process, so that it can never become empty. */
  drained(): Promise<void> {
    this.flush()
    if (this.#outbox.empty || this.#refused) return Promise.resolve()
    return new Promise((resolve) => this.#drainListeners.push(resolve))
  }

  async #greet(socket: net.Socket, secret: string): Promise<void> {
    const client = new JsonRpcClient(socket, (method) => method === STOP && this.#endProcess())
    try {
      const hello = { protocol: PROTOCOL, secret, ...this.#sender }
      const { next } = v.parse(Received, await client.request(HELLO, hello))
      this.#outbox.acknowledge(next)
      this.#connection = { socket, client }
      this.#aloneSince = null
      this.onAlone(false)
      this.flush()
    } catch (error) {
      // Any other error is a fault of the session (a full disk) or a lost connection. Another attempt may succeed.
      const code = error instanceof ResponseError ? error.code : null
      if (code === ErrorCodes.InvalidRequest) this.#refuse((error as Error).message)
      socket.destroy()
    }
  }

  async #send({ socket, client }: { socket: net.Socket; client: JsonRpcClient }): Promise<void> {
    this.#sending = true
    try {
      for (let events = this.#outbox.batch(); events.length > 0; events = this.#outbox.batch()) {
        const { next } = v.parse(Received, await client.request(REPORT, { events }))
        this.#outbox.acknowledge(next)
      }
    } catch {
      // The connection is lost or the session has a fault. The next connection sends again what was not acknowledged.
      socket.destroy()
    } finally {
      this.#sending = false
    }
    if (this.#outbox.empty) this.#release()
  }

  #lost(): void {
    this.#connection = null
    const session = this.#session
    if (!this.unanswered() && !this.#refused && session) setTimeout(() => this.#connect(session), RETRY_INTERVAL_MS)
  }

  #refuse(reason: string): void {
    try {
      // `process.stderr` of a worker thread is written by the main thread, which may be about to end.
      writeSync(2, `Saturation Inspector: not monitoring this process: ${reason}\n`)
    } catch {
      // The stream is closed, or full; the message is not worth waiting for.
    }
    this.giveUp()
  }

  /** Ends the wait of everyone who waits for an empty outbox. */
  #release(): void {
    for (const resolve of this.#drainListeners) resolve()
    this.#drainListeners = []
  }

  #endProcess(): void {
    if (this.#ending) return
    this.#ending = true
    process.kill(this.#sender.pid, 'SIGTERM')
    setTimeout(() => process.kill(this.#sender.pid, 'SIGKILL'), SIGKILL_AFTER_MS)
  }
}

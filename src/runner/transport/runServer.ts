import net from 'node:net'
import * as v from 'valibot'
import { ErrorCodes } from 'vscode-jsonrpc/node.js'
import { PROTOCOL } from '../../protocol/events.ts'
import { HELLO, Hello, REPORT, Report, STOP, type Received } from '../../protocol/handshake.ts'
import { keepListening, listenOn, removeAddress } from './address.ts'
import { MAX_CONNECTIONS, Peer, Refusal } from './peer.ts'
import { sameSecret } from './secret.ts'

/** Milliseconds that a connection may stay silent before its `hello`, by default. */
const HELLO_TIMEOUT_MS = 10_000

/** Handles what arrives on the socket of a run. */
export interface Receiver {
  /** Id of the process whose events the log holds, the only one that may add to them. Null before the first event. */
  reporter(): number | null
  /** A training process has said hello and was admitted. @returns the `seq` expected of it next. */
  admitted(pid: number): number
  /** Events arrived. @returns the `seq` expected next. @throws when they could not be logged and must be sent again. */
  received(events: readonly unknown[]): number
  /** The admitted process has disconnected, and everything that it sent was handled. */
  disconnected(): void
  /** A second has passed. */
  look?(): void
  /** Something was wrong with a connection or message. */
  problem(message: string, advice: string): void
}

export interface ServerOptions {
  /** Path of the Unix socket or named pipe. */
  address: string
  secret: string
  /** Milliseconds a connection may stay silent before its `hello`; `HELLO_TIMEOUT_MS` by default. */
  helloTimeout?: number
}

/**
 * The socket of one run, on a private address. It admits one training process, which says `hello` with the run's secret
 * and then sends `report` requests.
 */
export class RunServer {
  readonly #server: net.Server
  readonly #options: ServerOptions
  readonly #receiver: Receiver
  #stopKeeping = (): void => {}
  readonly #peers = new Set<Peer>()
  /** Connections that have said hello, including those that a newer connection has replaced. */
  readonly #admitted = new WeakSet<Peer>()
  readonly #helloTimers = new WeakMap<Peer, NodeJS.Timeout>()
  /** The connection of the training process. */
  #trainer: { peer: Peer; pid: number; thread: number } | null = null

  constructor(options: ServerOptions, receiver: Receiver) {
    this.#options = options
    this.#receiver = receiver
    this.#server = net.createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** True while the training process is connected. */
  get connected(): boolean {
    return this.#trainer !== null
  }

  /** @throws AddressInUse or the system's error when the address cannot be listened on. */
  async listen(): Promise<void> {
    await listenOn(this.#server, this.#options.address)
    this.#stopKeeping = keepListening(this.#server, this.#options.address, () => this.#receiver.look?.())
    this.#server.on('error', (error) => this.#receiver.problem(`The run's socket failed: ${error.message}`, ''))
  }

  /** Asks the training process to end. @returns false when none is connected. */
  stop(): boolean {
    this.#trainer?.peer.notify(STOP)
    return this.#trainer !== null
  }

  /**
   * Waits, at most `timeout` milliseconds, until all connections are closed and everything that arrived was handled.
   */
  async drained(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const timedOut = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeout)))
    await Promise.race([Promise.all([...this.#peers].map((peer) => peer.done)), timedOut])
    clearTimeout(timer)
  }

  /**
   * Closes all connections. `forGood` also removes the address; without it the training process may reconnect later.
   */
  close(forGood: boolean): void {
    this.#stopKeeping()
    if (this.#server.listening) this.#server.close()
    for (const peer of this.#peers) peer.close()
    if (forGood) removeAddress(this.#options.address)
  }

  #accept(socket: net.Socket): void {
    const problem = (message: string): void =>
      this.#receiver.problem(message, 'It was ignored, and the run goes on. If numbers are missing, report this.')
    const peer: Peer = new Peer(socket, {
      request: (method, params) => this.#handleRequest(peer, method, params),
      malformed: (what) => problem(`${what} arrived on the run's socket.`),
      broken: (what) => problem(`A connection to the run's socket was closed: it sent ${what}.`),
    })
    this.#peers.add(peer)
    const timeout = this.#options.helloTimeout ?? HELLO_TIMEOUT_MS
    const timer = setTimeout(() => {
      problem(`A connection to the run's socket was closed: it did not say hello within ${timeout / 1000} s.`)
      socket.destroy()
    }, timeout)
    timer.unref()
    this.#helloTimers.set(peer, timer)
    socket.once('close', () => clearTimeout(timer))
    void peer.done.then(() => {
      this.#peers.delete(peer)
      if (this.#trainer?.peer !== peer) return
      this.#trainer = null
      this.#receiver.disconnected()
    })
  }

  #handleRequest(peer: Peer, method: string, params: unknown): Received {
    if (method === HELLO) return { next: this.#handleHello(peer, params) }
    if (this.#trainer?.peer !== peer) {
      if (this.#admitted.has(peer)) throw new Refusal('replaced by a newer connection', { close: true })
      throw this.#refuse(`${method} before hello`)
    }
    if (method !== REPORT) {
      this.#receiver.problem(`The training process asked for ${method}, which is not known.`, '')
      throw new Refusal(`${method} is not known`, { code: ErrorCodes.MethodNotFound })
    }
    const report = v.safeParse(Report, params)
    if (!report.success) {
      const why = report.issues[0].message
      this.#receiver.problem(`A malformed report arrived: ${why}`, '')
      throw new Refusal(`malformed report: ${why}`, { code: ErrorCodes.InvalidParams })
    }
    return { next: this.#receiver.received(report.output.events) }
  }

  #handleHello(peer: Peer, params: unknown): number {
    const theirs = (params as { protocol?: unknown } | null)?.protocol
    if (theirs !== PROTOCOL) throw this.#refuse(`protocol version ${JSON.stringify(theirs)}, and this is ${PROTOCOL}`)
    const hello = v.safeParse(Hello, params)
    if (!hello.success) throw this.#refuse('a malformed hello')
    if (!sameSecret(hello.output.secret, this.#options.secret)) throw this.#refuse('a wrong secret')
    const { pid, thread } = hello.output
    const other = this.#trainer?.peer === peer ? null : this.#trainer
    if (other?.pid === pid && other.thread !== thread) throw this.#refuse(`the run is another thread's`)
    const reporter = other?.pid ?? this.#receiver.reporter() ?? pid
    if (reporter !== pid) throw this.#refuse(`the run is process ${reporter}'s, and this is ${pid}`)
    // The process has reconnected: it noticed before us that its earlier connection is dead.
    if (this.#trainer?.peer !== peer) this.#trainer?.peer.close()
    this.#trainer = { peer, pid, thread }
    this.#admitted.add(peer)
    peer.trust()
    clearTimeout(this.#helloTimers.get(peer))
    return this.#receiver.admitted(pid)
  }

  #refuse(why: string): Refusal {
    const advice = 'Only a process started by Saturation can report to a run.'
    this.#receiver.problem(`A connection to the run's socket was refused: ${why}.`, advice)
    return new Refusal(`refused: ${why}`, { close: true })
  }
}

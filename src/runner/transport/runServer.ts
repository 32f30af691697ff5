import net from 'node:net'
import * as v from 'valibot'
import { ErrorCodes } from 'vscode-jsonrpc/node.js'
import { PROTOCOL } from '../../protocol/events.ts'
import { HELLO, Hello, REPORT, Report, STOP, type Received } from '../../protocol/handshake.ts'
import { listenOn, removeAddress } from './address.ts'
import { Peer, Refusal } from './peer.ts'
import { sameSecret } from './secret.ts'

/** The run behind a server: it decides what happens with what an admitted training process says. */
export interface Receiver {
  /** Process whose events the log holds; no other one may continue its numbering. Null before the first event. */
  reporter(): number | null
  /** A training process was admitted. @returns the `seq` expected of it next. */
  admitted(pid: number): number
  /** @returns the `seq` expected next. @throws when the events could not be kept; they are to be sent again. */
  received(events: readonly unknown[]): number
  /** The admitted process's connection is gone, and all it sent was received. */
  left(): void
  problem(message: string, advice: string): void
}

export interface ServerOptions {
  address: string
  secret: string
  /** Milliseconds a connection may stay silent before its `hello`. */
  helloTimeout?: number
}

/** Listens for the training process of one run on its private address. */
export class RunServer {
  readonly #server: net.Server
  readonly #options: ServerOptions
  readonly #receiver: Receiver
  readonly #peers = new Set<Peer>()
  readonly #admitted = new WeakSet<Peer>()
  readonly #silence = new WeakMap<Peer, NodeJS.Timeout>()
  #guest: { peer: Peer; pid: number; thread: number } | null = null

  constructor(options: ServerOptions, receiver: Receiver) {
    this.#options = options
    this.#receiver = receiver
    this.#server = net.createServer((socket) => this.#meet(socket))
  }

  /** True while an admitted training process is connected. */
  get connected(): boolean {
    return this.#guest !== null
  }

  /** @throws AddressInUse or the system's error when the address cannot be listened on. */
  async listen(): Promise<void> {
    await listenOn(this.#server, this.#options.address)
    this.#server.on('error', (error) => this.#receiver.problem(`The run's socket failed: ${error.message}`, ''))
  }

  /** Asks the training process to end. @returns false when none is connected. */
  stop(): boolean {
    this.#guest?.peer.notify(STOP)
    return this.#guest !== null
  }

  /** Resolves when every connection made so far is closed and all that arrived on it was handled. */
  async drained(): Promise<void> {
    await Promise.all([...this.#peers].map((peer) => peer.done))
  }

  /** Closes all connections; `forGood` removes the address, else the training process may come back to it. */
  close(forGood: boolean): void {
    if (this.#server.listening) this.#server.close()
    for (const peer of this.#peers) peer.close()
    if (forGood) removeAddress(this.#options.address)
  }

  #meet(socket: net.Socket): void {
    const problem = (message: string): void =>
      this.#receiver.problem(message, 'It was ignored, and the run goes on. If numbers are missing, report this.')
    const peer: Peer = new Peer(socket, {
      request: (method, params) => this.#answer(peer, method, params),
      malformed: (what) => problem(`${what} arrived on the run's socket.`),
      broken: (what) => problem(`A connection to the run's socket was closed: it sent ${what}.`),
    })
    this.#peers.add(peer)
    const timeout = this.#options.helloTimeout ?? 10_000
    const timer = setTimeout(() => {
      problem(`A connection to the run's socket was closed: it did not say hello within ${timeout / 1000} s.`)
      socket.destroy()
    }, timeout)
    timer.unref()
    this.#silence.set(peer, timer)
    socket.once('close', () => clearTimeout(timer))
    void peer.done.then(() => {
      this.#peers.delete(peer)
      if (this.#guest?.peer !== peer) return
      this.#guest = null
      this.#receiver.left()
    })
  }

  #answer(peer: Peer, method: string, params: unknown): Received {
    if (method === HELLO) return { next: this.#greet(peer, params) }
    if (this.#guest?.peer !== peer) {
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

  #greet(peer: Peer, params: unknown): number {
    const theirs = (params as { protocol?: unknown } | null)?.protocol
    if (theirs !== PROTOCOL) throw this.#refuse(`protocol version ${JSON.stringify(theirs)}, and this is ${PROTOCOL}`)
    const hello = v.safeParse(Hello, params)
    if (!hello.success) throw this.#refuse('a malformed hello')
    if (!sameSecret(hello.output.secret, this.#options.secret)) throw this.#refuse('a wrong secret')
    const { pid, thread } = hello.output
    const guest = this.#guest?.peer === peer ? null : this.#guest
    if (guest?.pid === pid && guest.thread !== thread) throw this.#refuse(`the run is another thread's`)
    const reporter = guest?.pid ?? this.#receiver.reporter() ?? pid
    if (reporter !== pid) throw this.#refuse(`the run is process ${reporter}'s, and this is ${pid}`)
    // The same process again: it knows better than we do that its earlier connection is dead.
    if (this.#guest?.peer !== peer) this.#guest?.peer.close()
    this.#guest = { peer, pid, thread }
    this.#admitted.add(peer)
    peer.trust()
    clearTimeout(this.#silence.get(peer))
    return this.#receiver.admitted(pid)
  }

  #refuse(why: string): Refusal {
    const advice = 'Only a process started by Saturation can report to a run.'
    this.#receiver.problem(`A connection to the run's socket was refused: ${why}.`, advice)
    return new Refusal(`refused: ${why}`, { close: true })
  }
}

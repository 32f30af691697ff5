import net from 'node:net'
import { PROTOCOL } from '../../src/protocol/events.ts'
import { HELLO, REPORT } from '../../src/protocol/handshake.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'

interface Reply {
  id?: number
  method?: string
  result?: { next: number }
  error?: { code: number; message: string }
}

/** A training process on the wire, written from the description of the protocol instead of our own client. */
export class Client {
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>
  /** The received messages that are no replies. */
  readonly notifications: Reply[] = []
  readonly #socket: net.Socket
  readonly #waiting = new Map<number, (reply: Reply | null) => void>()
  #received = Buffer.alloc(0)
  #id = 0

  private constructor(socket: net.Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => {})
    socket.once('close', () => this.#waiting.forEach((resolve) => resolve(null)))
  }

  static connect(run: WatchedRun): Promise<Client> {
    const socket = net.connect(run.record.session.address)
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new Client(socket)))
      socket.once('error', reject)
    })
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes)
  }

  /** @returns the reply, or null when the connection ended without one. */
  request(method: string, params: unknown): Promise<Reply | null> {
    const id = this.#id++
    this.send(frame(JSON.stringify({ jsonrpc: '2.0', id, method, params })))
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  hello(run: WatchedRun, change: Record<string, unknown> = {}): Promise<Reply | null> {
    const { secret } = run.record.session
    return this.request(HELLO, { protocol: PROTOCOL, secret, pid: process.pid, ...change })
  }

  report(...events: unknown[]): Promise<Reply | null> {
    return this.request(REPORT, { events })
  }

  /** Disconnects as a killed process does, after all that was written has been sent. */
  leave(): void {
    this.#socket.destroySoon()
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/.exec(this.#received.toString('latin1', 0, end))?.[1])
      if (end < 0 || this.#received.length < end + 4 + length) return
      const reply = JSON.parse(this.#received.toString('utf8', end + 4, end + 4 + length)) as Reply
      this.#received = this.#received.subarray(end + 4 + length)
      if (reply.id === undefined) this.notifications.push(reply)
      else this.#waiting.get(reply.id)?.(reply)
    }
  }
}

/** A message in the Content-Length framing of JSON-RPC. */
export function frame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

import type net from 'node:net'
import { ErrorCodes, ReadableStreamMessageReader, StreamMessageWriter, type Message } from 'vscode-jsonrpc/node.js'
import { FrameGuard } from './frameGuard.ts'

/** Connections that a socket has at once; further ones are closed, so that nobody can exhaust the descriptors. */
export const MAX_CONNECTIONS = 64

/** The error that a request is answered with; `close` closes the connection after the answer. */
export class Refusal extends Error {
  readonly code: number
  readonly close: boolean

  constructor(message: string, { code, close }: { code?: number; close?: boolean } = {}) {
    super(message)
    this.code = code ?? ErrorCodes.InvalidRequest
    this.close = close ?? false
  }
}

/** Callbacks for what arrives on a connection. */
export interface PeerHandlers {
  /**
   * Handles a request.
   * @returns the result to reply with, or a promise of it.
   * @throws Refusal to reply with an error.
   */
  request(method: string, params: unknown): unknown
  /** A message arrived that is no request; the connection stays open. */
  malformed(what: string): void
  /** The framing of the byte stream is broken, and the connection is closed. */
  broken(what: string): void
}

/**
 * The session's end of one JSON-RPC connection. Requests are handled in order as they arrive, without the message queue
 * of vscode-jsonrpc. So `done` can tell when the last request of a process that has died was handled.
 */
export class Peer {
  /** Resolves when the connection is closed and every message that arrived on it was handled. */
  readonly done: Promise<void>
  readonly #socket: net.Socket
  readonly #writer: StreamMessageWriter
  readonly #guard = new FrameGuard()
  #handled = 0
  #closed = false
  #refused = false
  #finish: () => void = () => {}

  constructor(socket: net.Socket, handlers: PeerHandlers) {
    this.#socket = socket
    this.#writer = new StreamMessageWriter(socket)
    this.done = new Promise((resolve) => (this.#finish = resolve))
    this.#listen(handlers)
  }

  /** Accepts longer messages from now on, because the other side has sent the secret. */
  trust(): void {
    this.#guard.trust()
  }

  /** Sends a notification. Failure is ignored, because it means that the connection is closed. */
  notify(method: string): void {
    this.#write({ jsonrpc: '2.0', method } as Message)
  }

  /** Closes the connection after all that was written has been sent. */
  close(): void {
    this.#socket.destroySoon()
  }

  #listen(handlers: PeerHandlers): void {
    const socket = this.#socket
    const reader = new ReadableStreamMessageReader({
      onData: (listener) =>
        on(socket, 'data', (chunk: Buffer) => {
          const wrong = this.#refused ? null : this.#guard.check(chunk)
          if (this.#refused) return
          if (wrong === null) return listener(chunk)
          this.#refused = true
          handlers.broken(wrong)
          socket.destroy()
        }),
      onEnd: (listener) => on(socket, 'end', listener),
      onError: () => ({ dispose() {} }),
      onClose: (listener) => on(socket, 'close', listener),
    })
    // The timer for partial messages would only log, and would keep the process alive.
    reader.partialMessageTimeout = 0
    reader.listen((message) => {
      this.#handle(message, handlers)
      this.#countHandled()
    })
    reader.onError(() => {
      handlers.malformed('A message that is not JSON')
      this.#countHandled()
    })
    // 'close' follows every error; the other side then reconnects and sends again.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#finishIfDone()
    })
  }

  #handle(message: unknown, handlers: PeerHandlers): void {
    if (this.#refused) return
    const { id, method, params } = (message ?? {}) as { id?: unknown; method?: unknown; params?: unknown }
    if (typeof method !== 'string' || (typeof id !== 'number' && typeof id !== 'string')) {
      handlers.malformed('A message that is no request')
      return
    }
    const reply = (result: unknown): void => this.#write({ jsonrpc: '2.0', id, result } as Message)
    try {
      const result = handlers.request(method, params)
      if (result instanceof Promise) result.then(reply, (error) => this.#refuse(id, error))
      else reply(result)
    } catch (error) {
      this.#refuse(id, error)
    }
  }

  #refuse(id: number | string, error: unknown): void {
    const code = error instanceof Refusal ? error.code : ErrorCodes.InternalError
    const message = error instanceof Error ? error.message : String(error)
    // After an internal error the connection is closed: the other side reconnects and repeats what was not
    // acknowledged.
    this.#refused = !(error instanceof Refusal) || error.close
    this.#write({ jsonrpc: '2.0', id, error: { code, message } } as Message)
  }

  #write(message: Message): void {
    const closeAfterwards = this.#refused
    void this.#writer
      .write(message)
      .catch(() => {})
      .then(() => closeAfterwards && this.close())
  }

  #countHandled(): void {
    this.#handled++
    this.#finishIfDone()
  }

  #finishIfDone(): void {
    if (this.#closed && (this.#refused || this.#handled === this.#guard.frames)) this.#finish()
  }
}

function on<T extends unknown[]>(
  socket: net.Socket,
  event: string,
  listener: (...args: T) => void,
): { dispose(): void } {
  socket.on(event, listener as (...args: unknown[]) => void)
  return { dispose: () => socket.off(event, listener as (...args: unknown[]) => void) }
}

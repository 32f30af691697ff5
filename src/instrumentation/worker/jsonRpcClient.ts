import type net from 'node:net'
import { ErrorCodes, ResponseError, StreamMessageReader, StreamMessageWriter, type Message } from 'vscode-jsonrpc/node'

interface Reply {
  id?: unknown
  method?: unknown
  result?: unknown
  error?: { code: number; message: string }
}

/**
 * A JSON-RPC client on a socket: it sends requests, one at a time, and receives notifications. It uses only the message
 * framing of vscode-jsonrpc. That library's own connection never settles a request whose socket is lost, and when the
 * socket is lost while a request is being written it throws where nothing can catch the error.
 */
export class JsonRpcClient {
  readonly #writer: StreamMessageWriter
  #lastId = 0
  #pending: { id: number; resolve: (result: unknown) => void; reject: (error: Error) => void } | null = null

  /** @param onNotification called with the method of each notification. */
  constructor(socket: net.Socket, onNotification: (method: string) => void) {
    this.#writer = new StreamMessageWriter(socket)
    const reader = new StreamMessageReader(socket)
    reader.listen((message) => {
      const { id, method, result, error } = message as Reply
      if (typeof method === 'string') return onNotification(method)
      if (this.#pending === null || this.#pending.id !== id) return
      if (error) this.#pending.reject(new ResponseError(error.code, error.message))
      else this.#pending.resolve(result)
      this.#pending = null
    })
    reader.onError(() => socket.destroy())
    this.#writer.onError(() => socket.destroy())
    socket.once('close', () => this.#fail(new Error('the connection was closed')))
  }

  /**
   * Sends a request and waits for the reply.
   * @throws ResponseError when the other side refuses or a request is pending already, Error when the connection is
   *   lost.
   */
  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      if (this.#pending) return reject(new ResponseError(ErrorCodes.InvalidRequest, 'one request at a time'))
      this.#pending = { id, resolve, reject }
      this.#writer.write({ jsonrpc: '2.0', id, method, params } as Message).catch((error: Error) => this.#fail(error))
    })
  }

  #fail(error: Error): void {
    this.#pending?.reject(error)
    this.#pending = null
  }
}

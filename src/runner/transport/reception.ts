import { existsSync, mkdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import * as v from 'valibot'
import { Invitation, JOIN, Join, type Joined, type RunOptions } from '../../protocol/handshake.ts'
import { readSecretFile, writeSecretFile } from '../files/secretFile.ts'
import { keepListening, listenOn, newAddress, removeAddress } from './address.ts'
import { MAX_CONNECTIONS, Peer, Refusal } from './peer.ts'
import { newSecret, sameSecret } from './secret.ts'

/** Milliseconds that a connection may take to send its secret, and to leave after its answer. */
const MAX_MS = 10_000

/**
 * A socket that hands out runs: a process that is about to train asks here for a run (`join`), and gets the address and
 * secret of that run's own socket. A reception serves the processes of one command that was started here, or those of
 * all terminals.
 *
 * Processes find the reception by its invitation, a file that only this user can read. The path of the file is in their
 * environment; the file holds the address of the reception and a secret.
 */
export class Reception {
  readonly #file: string
  readonly #admit: (join: Join) => Promise<Joined | null>
  readonly #server = net.createServer((socket) => this.#accept(socket))
  readonly #peers = new Set<Peer>()
  readonly #address = newAddress()
  readonly #secret = newSecret()
  /** The invitation as it was written last; null before. */
  #invitation: Invitation | null = null
  #stopKeeping = (): void => {}

  /**
   * @param file absolute path at which the invitation is written
   * @param admit finds a run for a process; null when there is none for it
   */
  constructor(file: string, admit: (join: Join) => Promise<Joined | null>) {
    this.#file = file
    this.#admit = admit
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** Begins to listen. @throws the system's error when the address cannot be listened on. */
  async open(): Promise<void> {
    await listenOn(this.#server, this.#address)
    this.#stopKeeping = keepListening(this.#server, this.#address, () => this.#keepInvitation())
    this.#server.on('error', () => {})
  }

  /**
   * Writes the invitation, or replaces it. Processes that start from now on follow it.
   * @param preload absolute path of `dist/preload.cjs`
   * @throws the file system's error.
   */
  invite(options: RunOptions, preload: string): void {
    const invitation: Invitation = { ...options, address: this.#address, secret: this.#secret, preload }
    this.#write(invitation)
    this.#invitation = invitation
  }

  /** Removes the invitation and stops listening; runs that have begun go on. */
  close(): void {
    // Another window on the same folder may have replaced the invitation by its own.
    if (this.#isOurs()) rmSync(this.#file, { force: true })
    this.release()
  }

  /** Stops listening, but leaves the invitation for the next session. */
  release(): void {
    this.#stopKeeping()
    this.#server.close()
    for (const peer of this.#peers) peer.close()
    removeAddress(this.#address)
  }

  #write(invitation: Invitation): void {
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 })
    writeSecretFile(this.#file, invitation)
  }

  /** Writes the invitation again where somebody has removed it: emptied the temporary folder, closed another window. */
  #keepInvitation(): void {
    if (this.#invitation === null || existsSync(this.#file)) return
    try {
      this.#write(this.#invitation)
    } catch {
      // There is another look in a second.
    }
  }

  #isOurs(): boolean {
    return readSecretFile(this.#file, Invitation)?.address === this.#address
  }

  #accept(socket: net.Socket): void {
    // Malformed messages only end this connection. They are not reported, because no run belongs to the connection yet.
    // A silence limit alone would let a connection stay that sends a byte now and then.
    let timer = setTimeout(() => socket.destroy(), MAX_MS).unref()
    const peer = new Peer(socket, {
      request: async (method, params) => {
        const joined = await this.#handleRequest(method, params)
        clearTimeout(timer)
        timer = setTimeout(() => socket.destroy(), MAX_MS).unref()
        return joined
      },
      malformed: () => socket.destroy(),
      broken: () => {},
    })
    this.#peers.add(peer)
    socket.once('close', () => clearTimeout(timer))
    void peer.done.then(() => this.#peers.delete(peer))
  }

  async #handleRequest(method: string, params: unknown): Promise<Joined> {
    const join = v.safeParse(Join, params)
    if (method !== JOIN || !join.success) throw new Refusal('refused: not a join of this version', { close: true })
    if (!sameSecret(join.output.secret, this.#secret)) throw new Refusal('refused: a wrong secret', { close: true })
    const joined = await this.#admit(join.output)
    if (!joined) throw new Refusal('refused: there is no run for a process that does not train', { close: true })
    return joined
  }
}

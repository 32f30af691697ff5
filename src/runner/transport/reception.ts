import { mkdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import * as v from 'valibot'
import { Invitation, JOIN, Join, type Joined, type RunOptions } from '../../protocol/handshake.ts'
import { listenOn, newAddress, removeAddress } from './address.ts'
import { Peer, Refusal } from './peer.ts'
import { newSecret, sameSecret } from './secret.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

/** Milliseconds a connection may stay silent. */
const PATIENCE = 10_000

/**
 * Listens for processes that ask for a run: those of a command that was started here, or those of all terminals. It is
 * found by a file that only this user can read: whoever has the file's path in its environment and reads it at the right
 * time is let in, and without the file nobody tries.
 */
export class Reception {
  readonly #file: string
  readonly #admit: (join: Join) => Promise<Joined | null>
  readonly #server = net.createServer((socket) => this.#meet(socket))
  readonly #peers = new Set<Peer>()
  readonly #address = newAddress()
  readonly #secret = newSecret()

  /**
   * @param file absolute path where the invitation is to lie
   * @param admit finds a run for a process; null where there is none for it
   */
  constructor(file: string, admit: (join: Join) => Promise<Joined | null>) {
    this.#file = file
    this.#admit = admit
  }

  /** Begins to listen. @throws the system's error when the address cannot be listened on. */
  async open(): Promise<void> {
    await listenOn(this.#server, this.#address)
    this.#server.on('error', () => {})
  }

  /**
   * Lays the invitation out, or replaces it: for processes that start from now on.
   * @param preload absolute path of `dist/preload.cjs`
   * @throws the file system's error.
   */
  invite(options: RunOptions, preload: string): void {
    const invitation: Invitation = { ...options, address: this.#address, secret: this.#secret, preload }
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 })
    writeSecretFile(this.#file, invitation)
  }

  /** Takes the invitation back and stops to listen; the runs that have begun go on. */
  close(): void {
    // Another window on the same folder may have laid out its own since.
    if (this.#isOurs()) rmSync(this.#file, { force: true })
    this.release()
  }

  /** Stops to listen and leaves the invitation where it is, for the session that will listen next. */
  release(): void {
    this.#server.close()
    for (const peer of this.#peers) peer.close()
    removeAddress(this.#address)
  }

  #isOurs(): boolean {
    return readSecretFile(this.#file, Invitation)?.address === this.#address
  }

  #meet(socket: net.Socket): void {
    // What a stranger sends is answered or dropped, and nobody's run has anything to do with it.
    const peer = new Peer(socket, {
      request: (method, params) => this.#answer(method, params),
      malformed: () => socket.destroy(),
      broken: () => {},
    })
    this.#peers.add(peer)
    socket.setTimeout(PATIENCE, () => socket.destroy())
    void peer.done.then(() => this.#peers.delete(peer))
  }

  async #answer(method: string, params: unknown): Promise<Joined> {
    const join = v.safeParse(Join, params)
    if (method !== JOIN || !join.success) throw new Refusal('refused: not a join of this version', { close: true })
    if (!sameSecret(join.output.secret, this.#secret)) throw new Refusal('refused: a wrong secret', { close: true })
    const joined = await this.#admit(join.output)
    if (!joined) throw new Refusal('refused: there is no run for a process that does not train', { close: true })
    return joined
  }
}

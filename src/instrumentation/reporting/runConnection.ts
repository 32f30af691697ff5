import type { Invitation, Joined } from '../../protocol/handshake.ts'
import { SWITCHED_OFF, type Presence } from '../../protocol/presence.ts'
import { notePresence } from '../process/notePresence.ts'
import { unfilteredStack } from '../sites/hiddenFrames.ts'
import { Channel } from './channel.ts'
import type { Program } from './program.ts'
import { printToStandardError } from '../process/standardError.ts'

/** Most characters of a fault's description. */
const MAX_FAULT_CHARACTERS = 4000

/** Where a process's run is asked for. */
export interface Host {
  invitation: Invitation
  /** Absolute path of the file that contains the invitation. */
  file: string
  /** Whether the invitation is for every process of a terminal. Such a process leaves no trace unless it trains. */
  inTerminal: boolean
}

/**
 * A process's connection to its run, and the switch that turns the monitor off. The channel, and with it the worker
 * thread, is opened at its first use. A fault in any part of the monitor is reported, and switches the monitor off; the
 * training goes on.
 */
export class RunConnection {
  readonly #host: Host
  readonly #program: () => Program
  #channel: Channel | null = null
  /** The run that this process was given; null before it has one. */
  #session: Joined | null = null
  #off = false

  /** @param program describes the program to the session. */
  constructor(host: Host, program: () => Program) {
    this.#host = host
    this.#program = program
  }

  /** Whether the process belongs to a terminal. */
  get inTerminal(): boolean {
    return this.#host.inTerminal
  }

  /** Whether the monitor has been switched off. */
  get off(): boolean {
    return this.#off
  }

  /** The channel; null where it is not open. */
  get channel(): Channel | null {
    return this.#channel
  }

  /** Returns the channel, and opens it first where it is not open. */
  open(): Channel {
    const { invitation, file } = this.#host
    return (this.#channel ??= new Channel(
      { invitation, file, program: this.#program(), session: this.#session },
      { onJoined: (run) => (this.#session = run), onBroken: (error) => this.#workerEnded(error) },
    ))
  }

  /** Notes what has become of this process, beside the invitation of its command. */
  note(presence: Presence): void {
    if (!this.#host.inTerminal) notePresence(this.#host.file, presence)
  }

  /** Runs a part of the monitor, unless it is switched off; an exception in it switches the monitor off. */
  guarded(part: () => void): void {
    if (this.#off) return
    try {
      part()
    } catch (error) {
      this.#switchOff(unfilteredStack(error))
    }
  }

  /**
   * Switches the monitor off when its worker thread has ended: the windows on their way to it are lost. A second worker
   * reports that, and later ends the run properly.
   */
  #workerEnded(error: Error): void {
    if (this.#off) return
    this.#channel = null
    this.#switchOff(`its worker thread ended: ${error.message}`)
  }

  #switchOff(why: string): void {
    this.#off = true
    this.note('off')
    // Without a run in a terminal, there is nowhere to report it.
    if (this.#host.inTerminal && !this.#channel && !this.#session) return
    const message = `${SWITCHED_OFF}: ${why}`
    const advice = 'The training goes on unmonitored. Please report this.'
    try {
      this.open().event({ type: 'problem', layer: null, message: message.slice(0, MAX_FAULT_CHARACTERS), advice })
    } catch {
      printToStandardError(message)
    }
  }
}

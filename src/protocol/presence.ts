/**
 * What the processes of a command note beside its invitation, in a line each, as soon as it is so. A process or thread may
 * be ended before it can tell anything else, and another runtime than Node.js tells nothing at all.
 *
 * node: a Node.js process has loaded the monitor. model: one has evaluated or trained a model. step: one has begun a
 * training step. off: the monitor was switched off.
 */
export const PRESENCES = ['node', 'model', 'step', 'off'] as const
export type Presence = (typeof PRESENCES)[number]

/** Absolute path of the notes beside an invitation. */
export function presenceFileOf(invitation: string): string {
  return `${invitation}.seen`
}

/** How the message of a monitor begins that was switched off. */
export const SWITCHED_OFF = 'The monitor failed and is switched off'

/** How the message begins where a command was started without the monitor. */
export const NOT_LOADED = 'The monitor was not loaded'

/** What a process prints that cannot be monitored. */
export const NOT_MONITORED = 'Saturation Inspector: not monitoring this process'

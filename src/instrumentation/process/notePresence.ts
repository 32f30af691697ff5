import { appendFileSync } from 'node:fs'
import { presenceFileOf, type Presence } from '../../protocol/presence.ts'

const noted = new Set<Presence>()

/** Notes what has become of this process or thread, once. @param invitation absolute path of a command's invitation */
export function notePresence(invitation: string, presence: Presence): void {
  if (noted.has(presence)) return
  noted.add(presence)
  try {
    appendFileSync(presenceFileOf(invitation), `${presence}\n`, { mode: 0o600 })
  } catch {
    // The command has ended, or its folder cannot be written: then it is not known.
  }
}

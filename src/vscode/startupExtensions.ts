import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two looks. */
const LOOK_INTERVAL_MS = 100
/** Milliseconds to wait at most: an extension may take for ever, for example while it waits for a sign-in. */
const MAX_WAIT_MS = 20_000

/** The parts of `vscode.Extension` that are needed. */
interface StartedByEditor {
  readonly isActive: boolean
  readonly packageJSON: unknown
}

/**
 * Resolves when all extensions that VS Code starts together with the window have been started. Whoever registers a
 * provider of lenses earlier than these loses clicks: with each further provider, VS Code draws the lenses anew as plain
 * text, which ignores clicks, until all providers have answered (`CodeLensContribution._onModelChange`). On a busy
 * machine that takes seconds. Its own extension for merge conflicts, which every VS Code has, registers such a provider.
 */
export async function untilStarted(extensions: readonly StartedByEditor[], maxWaitMs = MAX_WAIT_MS): Promise<void> {
  let waiting = extensions.filter(startsWithWindow)
  for (const end = performance.now() + maxWaitMs; performance.now() < end; await sleep(LOOK_INTERVAL_MS)) {
    waiting = waiting.filter(({ isActive }) => !isActive)
    if (waiting.length === 0) return
  }
}

function startsWithWindow({ packageJSON }: StartedByEditor): boolean {
  const events = (packageJSON as { activationEvents?: unknown }).activationEvents
  return Array.isArray(events) && events.some((event) => event === '*' || event === 'onStartupFinished')
}

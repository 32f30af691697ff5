import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { Runs } from '../../src/runner/runs.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'

/**
 * A session in a process of its own, which a test kills. The first starts a training, the others take it over. Each
 * event that it shows is noted in a file first, and a point printed for each batch of them. Its argument is JSON.
 */
const { storage, preload, shown, first } = JSON.parse(process.argv[2]!) as {
  storage: string
  preload: string
  /** File of the events that were shown: who reported them, and their number. */
  shown: string
  /** What to start; null for a session that takes over. */
  first: { script: string; args: string[] } | null
}

function follow(run: WatchedRun): void {
  run.onEvents((events) => {
    appendFileSync(shown, events.map(({ by, seq }) => `${by} ${seq}\n`).join(''))
    process.stdout.write('.')
  })
}

async function main(): Promise<void> {
  const runs = new Runs({ storage, preload, takeOverTimeout: 10_000 })
  if (first === null) {
    await runs.reattach()
    if (runs.current) follow(runs.current as WatchedRun)
    return
  }
  const options = { delta: 0.99, budget: 1, orphanAfter: 120_000 }
  const { run, command, cwd, env, args } = await runs.start({ ...first, node: process.execPath, options })
  follow(run)
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore', detached: true })
  process.stdout.write(`${child.pid}\n`)
}
void main()

import { spawn } from 'node:child_process'
import { Runs } from '../../src/runner/runs.ts'

/**
 * Runs a session in a process of its own, so that a test can kill it during a run. It starts a training, and prints the
 * process id of the training once that has reported some steps. Its argument is JSON with the fields below.
 */
const { storage, preload, script, args, orphanAfter } = JSON.parse(process.argv[2]!) as {
  storage: string
  preload: string
  script: string
  args: string[]
  orphanAfter: number | null
}

async function main(): Promise<void> {
  const runs = new Runs({ storage, preload })
  const options = { delta: 0.99, budget: 1, orphanAfter }
  const { run, command, cwd, env, ...launch } = await runs.start({ script, args, node: process.execPath, options })
  const stdio = 'ignore'
  const child = spawn(command, launch.args, { cwd, env: { ...process.env, ...env }, stdio, detached: true })
  const stop = run.onEvents(() => {
    if ((run.state.progress?.step ?? 0) < 5) return
    stop()
    process.stdout.write(`${child.pid}\n`)
  })
}
void main()

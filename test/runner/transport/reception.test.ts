import { spawn, type ChildProcess } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
  copyFileSync,
  readFileSync,
} from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PROTOCOL } from '../../../src/protocol/events.ts'
import { JOIN } from '../../../src/protocol/handshake.ts'
import { Reception } from '../../../src/runner/transport/reception.ts'
import { Runs } from '../../../src/runner/runs.ts'
import { terminalEnvironment } from '../../../src/runner/launch/terminalEnvironment.ts'
import type { ListedRun } from '../../../src/runner/listedRun.ts'
import { NODE_ARGS, PRELOAD, scriptPath } from '../../instrumentation/training.ts'
import { sweep } from '../../stress.ts'
import { frame } from '../client.ts'

const WAIT = { timeout: 120_000, interval: 50 }
const OPTIONS = { delta: 0.99, budget: 1, orphanAfter: null }
// NODE_OPTIONS has to carry a path with spaces and a quote.
const folder = mkdtempSync(path.join(os.tmpdir(), "sat it's a -"))
const loader = path.join(folder, 'terminal.cjs')
const invitation = path.join(folder, 'window', 'terminal.json')
const at = (name: string): string => path.join(folder, name)
const children: ChildProcess[] = []
const runs = new Runs({ storage: at('storage'), preload: PRELOAD })
const shown: ListedRun[] = []
const reception = new Reception(invitation, (join) => runs.admit(join))

beforeAll(async () => {
  copyFileSync('dist/terminal.cjs', loader)
  runs.onDidChangeCurrent(() => shown.push(runs.current!))
  await reception.open()
  reception.invite(OPTIONS, PRELOAD)
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  reception.close()
  runs.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command as in a terminal whose environment the extension has extended. */
function type(command: string, args: string[], env: Record<string, string> = {}) {
  const { NODE_OPTIONS = '', ...rest } = terminalEnvironment(loader, invitation)
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      ...process.env,
      TF_CPP_MIN_LOG_LEVEL: '3',
      ...rest,
      ...env,
      NODE_OPTIONS: NODE_OPTIONS + (env['NODE_OPTIONS'] ?? ''),
    },
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<{ exitCode: number | null; signal: string | null; output: string }>((resolve) =>
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, output })),
  )
  return { child, ended }
}

/** Runs a training that goes on until `end` is called. */
function train(name: string, env?: Record<string, string>) {
  const [stop, done] = [at(`${name}-stop`), at(`${name}-done`)]
  const script = scriptPath('process/paced.js').replace(/\.js$/, '')
  const typed = type(process.execPath, [...NODE_ARGS, script, stop, done], env)
  const run = (): ListedRun | undefined => shown.find(({ state }) => state.args[0] === stop)
  return { ...typed, run, end: () => writeFileSync(stop, '') }
}

describe('a process in a terminal', () => {
  it('that trains becomes a run and keeps its own Node options; two processes become two runs', async () => {
    const first = train('first', { NODE_OPTIONS: '--stack-trace-limit=3' })
    const second = train('second')
    await vi.waitFor(() => {
      expect(first.run()?.state.phase).toBe('training')
      expect(second.run()?.state.phase).toBe('training')
    }, WAIT)
    expect(first.run()!.state).toMatchObject({ script: scriptPath('process/paced.js'), cwd: folder })
    expect([first.run(), second.run()]).toContain(runs.current)
    first.end()
    expect(await first.ended).toEqual({ exitCode: 7, signal: null, output: '' })
    await vi.waitFor(() => expect(first.run()!.record.ended).toBe(true), WAIT)
    const { ended, progress, problems } = first.run()!.state
    expect(ended).toMatchObject({ how: 'failed', exitCode: 7 })
    expect(progress?.step).toBe(Number(readFileSync(at('first-done'), 'utf8')))
    expect(problems).toEqual([])
    expect(second.run()!.stop()).toBe(true)
    expect(await second.ended).toMatchObject({ signal: 'SIGTERM' })
    await vi.waitFor(() => expect(second.run()!.record.ended).toBe(true), WAIT)
    expect(second.run()!.state.ended).toMatchObject({ how: 'stopped' })
  })

  it('that trains in several threads has a run for each', async () => {
    const before = shown.length
    const script = at('threads.cjs')
    const train = `const tf = require(${JSON.stringify(require.resolve('@tensorflow/tfjs'))})
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      void model.fit(tf.ones([8, 3]), tf.zeros([8, 2]), { epochs: 2, verbose: 0 })`
    writeFileSync(at('thread.cjs'), train)
    writeFileSync(
      script,
      `for (const _ of [1, 2]) new (require('node:worker_threads').Worker)(__dirname + '/thread.cjs')`,
    )
    expect(await type(process.execPath, [script]).ended).toMatchObject({ exitCode: 0 })
    await vi.waitFor(() => expect(shown.slice(before).map(({ record }) => record.ended)).toEqual([true, true]), WAIT)
    for (const { state } of shown.slice(before))
      expect(state).toMatchObject({ script: at('thread.cjs'), progress: { step: 2 }, ended: { how: 'completed' } })
  })

  it('that terminates a thread which trains, and goes on, has a run that has ended', async () => {
    const before = shown.length
    const script = at('terminates.cjs')
    writeFileSync(
      script,
      `const worker = new (require('node:worker_threads').Worker)(${JSON.stringify(scriptPath('process/paced.js'))}, { argv: ['none', 'none'] })
      const fs = require('node:fs')
      const timer = setInterval(() => {
        if (fs.existsSync(${JSON.stringify(at('terminate'))})) worker.terminate()
        if (fs.existsSync(${JSON.stringify(at('leave'))})) clearInterval(timer)
      }, 50)`,
    )
    const { ended } = type(process.execPath, [...NODE_ARGS, script])
    await vi.waitFor(() => expect(shown[before]?.state.phase).toBe('training'), WAIT)
    writeFileSync(at('terminate'), '')
    await vi.waitFor(() => expect(shown[before]!.record.ended).toBe(true), WAIT)
    expect(shown[before]!.state.ended).toMatchObject({
      how: 'killed',
      message: expect.stringMatching(/terminated: its last numbers were not told\.$/) as string,
    })
    writeFileSync(at('leave'), '')
    expect(await ended).toMatchObject({ exitCode: 0 })
  })

  it.each(sweep(['object'], ['global']))('that has defined a global window (%s) becomes a run too', async (kind) => {
    const before = shown.length
    const script = scriptPath('../programs/surroundings/window.cjs')
    const typed = type(process.execPath, [...NODE_ARGS, script, kind, '../processes/parts/job.cjs'])
    expect(await typed.ended).toMatchObject({ exitCode: 0, output: '' })
    await vi.waitFor(() => expect(shown.slice(before).map(({ record }) => record.ended)).toEqual([true]), WAIT)
    expect(shown.at(-1)!.state).toMatchObject({ script, progress: { step: 8 }, problems: [] })
  })

  it('that Ctrl+C ends has a run that ended by a signal', async () => {
    const { child, ended, run } = train('interrupted')
    await vi.waitFor(() => expect(run()?.state.phase).toBe('training'), WAIT)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ signal: 'SIGINT' })
    await vi.waitFor(() => expect(run()!.record.ended).toBe(true), WAIT)
    expect(run()!.state.ended?.message).toMatch(/^Ended after \d+ steps? or later by a signal .*Ctrl\+C/)
  })

  it('that does not train leaves no trace, whether it loads TensorFlow.js or not', async () => {
    const before = shown.length
    const model = `const tf = require(${JSON.stringify(require.resolve('@tensorflow/tfjs'))})
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      model.predict(tf.zeros([4, 3]))
      model.evaluate(tf.zeros([4, 3]), tf.zeros([4, 2]))
      throw new Error('its own')`
    const evaluated = await type(process.execPath, ['-e', model]).ended
    expect(evaluated.exitCode).toBe(1)
    expect(evaluated.output).toContain('Error: its own')
    const said = [`Object.keys(globalThis).filter((key) => /saturation|tfengine/i.test(key))`, `'_callHook' in {}`]
    const plain = await type(process.execPath, ['-p', `JSON.stringify([${said.join()}])`]).ended
    expect(plain).toEqual({ exitCode: 0, signal: null, output: '[[],false]\n' })
    const version = await type('npm', ['--version']).ended
    expect(version.output).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(shown).toHaveLength(before)
  })

  it('trains without being watched when auto attach was switched off before it started', async () => {
    const own = at('off.json')
    const other = new Reception(own, (join) => runs.admit(join))
    await other.open()
    other.invite(OPTIONS, PRELOAD)
    expect(statSync(own).mode & 0o777).toBe(0o600)
    other.close()
    expect(existsSync(own)).toBe(false)
    const { ended, run, end } = train('off', { SATURATION_TERMINAL: own })
    end()
    expect(await ended).toEqual({ exitCode: 7, signal: null, output: '' })
    expect(run()).toBeUndefined()
  })
})

/** Sends a join request to the reception. @returns all that it answers. */
function ask(params: object): Promise<string> {
  const { address } = JSON.parse(readFileSync(invitation, 'utf8')) as { address: string }
  return new Promise((resolve) => {
    const socket = net.connect(address)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    socket.on('close', () => resolve(text))
    socket.write(frame(JSON.stringify({ jsonrpc: '2.0', id: 1, method: JOIN, params })))
  })
}

describe('the reception', () => {
  it('refuses a process that does not know its secret', async () => {
    const before = shown.length
    const who = { protocol: PROTOCOL, pid: 1, trains: true, script: '/x.js', args: [], cwd: '/' }
    const answer = await ask({ ...who, secret: 'guessed' })
    expect(answer).toContain('refused: a wrong secret')
    for (const malformed of [{}, { ...who, pid: 'x' }, { ...who, protocol: 2 }, { ...who, args: 'x' }])
      expect(await ask({ secret: 'guessed', ...malformed })).toContain('refused: not a join of this version')
    expect(shown).toHaveLength(before)
  })

  it('does not remove the invitation of another window on the same folder', async () => {
    const file = path.join(at('shared'), 'terminal.json')
    mkdirSync(path.dirname(file))
    const [one, two] = [0, 1].map(() => new Reception(file, (join) => runs.admit(join)))
    await one!.open()
    await two!.open()
    one!.invite(OPTIONS, PRELOAD)
    two!.invite(OPTIONS, PRELOAD)
    const laid = readFileSync(file, 'utf8')
    one!.close()
    expect(readFileSync(file, 'utf8')).toBe(laid)
    two!.close()
  })
})

import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/protocol/events.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun, type RunState } from '../../src/run/state.ts'
import { interpretExit, type ProcessExit } from '../../src/runner/exitReason.ts'
import { stepEvent } from '../run/events.ts'

function after(steps: number, ...more: RunEvent[]): RunState {
  const run = emptyRun()
  for (let seq = 0; seq < steps; seq++) fold(run, stepEvent(seq))
  for (const event of more) fold(run, event)
  return run
}
const said = (exitCode: number): RunEvent => {
  const how = exitCode === 0 ? 'completed' : 'failed'
  return { type: 'run ended', by: 'trainer', seq: 99, time: 1, how, exitCode, signal: null, message: 'The end.' }
}
const stamp = { by: 'trainer', time: 1 } as const
const attachedOnly: RunEvent = {
  ...stamp,
  ...{ type: 'attached', seq: 0, pid: 1, delta: 0.99, versions: {}, backend: 'tensorflow', trains: false },
}
const inherited: RunEvent = { ...stamp, type: 'inherited', seq: 1, from: 'first.jsonl', layers: [] }
const clean = { exitCode: 0, signal: null }

describe('how a run ended', () => {
  it.each<[string, ProcessExit, RunState, { how: string; message: RegExp; problem?: RegExp }]>([
    ['by itself', clean, after(1, said(0)), { how: 'completed', message: /^Training completed after 1 step\.$/ }],
    ['by itself, in a terminal', { exitCode: 0 }, after(2, said(0)), { how: 'completed', message: /after 2 steps/ }],
    ['by Ctrl+C', { exitCode: null, signal: 'SIGINT' }, after(1200), { how: 'stopped', message: /after 1,200 steps/ }],
    ['by Ctrl+C, in a shell', { exitCode: 130 }, after(3), { how: 'stopped', message: /^Interrupted after 3 steps/ }],
    [
      'by a signal that a terminal hides behind exit code 0',
      { exitCode: 0 },
      after(3),
      { how: 'killed', message: /^Ended after 3 steps or later by a signal .*Ctrl\+C.*memory/ },
    ],
    [
      'by the system for lack of memory',
      { exitCode: 137 },
      after(3),
      { how: 'killed', message: /^Ended by SIGKILL after 3 steps/, problem: /SIGKILL.*memory running out/ },
    ],
    ['with its terminal', { exitCode: null }, after(3), { how: 'killed', message: /^Its terminal was closed after 3/ }],
    [
      'without a model',
      clean,
      after(0),
      { how: 'completed', message: /without training/, problem: /No TensorFlow.js layer.*await model.fit/ },
    ],
    [
      'without any Node.js process',
      { ...clean, seen: new Set() },
      after(0),
      { how: 'completed', message: /without a Node.js process/, problem: /no Node.js process.*not Bun/ },
    ],
    [
      'with a monitor that was switched off',
      { ...clean, seen: new Set(['node', 'model', 'off'] as const) },
      after(0),
      { how: 'completed', message: /it was not monitored/ },
    ],
    [
      'with a thread that was ended before its first numbers',
      { ...clean, seen: new Set(['node', 'model', 'step'] as const) },
      after(0),
      { how: 'completed', message: /before its first numbers/, problem: /worker\.terminate/ },
    ],
    [
      'with a thread that was ended before its last numbers',
      { ...clean, seen: new Set(['node', 'model', 'step'] as const) },
      after(7),
      { how: 'completed', message: /^Ended before its last numbers were told after 7 steps or later\.$/ },
    ],
    [
      'without training, by intention',
      clean,
      after(0, attachedOnly, inherited),
      { how: 'completed', message: /^Nothing was trained: the weights of first\.jsonl were evaluated\.$/ },
    ],
    [
      'without training by intention, and without a model to put the weights in',
      clean,
      after(0, attachedOnly),
      { how: 'completed', message: /without training/, problem: /No TensorFlow.js layer/ },
    ],
    [
      'waiting for ever',
      { exitCode: 13, signal: null },
      after(0),
      { how: 'failed', message: /exit code 13/, problem: /never happens.*top-level await/ },
    ],
    [
      'by a throw, with the last error of several',
      { exitCode: 1, signal: null, stderrTail: 'Error: only logged\n/a.js:3\n\nTypeError: boom\n    at a.js:3:1\n' },
      after(3),
      { how: 'failed', message: /^The script failed with exit code 1 after 3 steps: TypeError: boom$/ },
    ],
    [
      'by a missing package, when the process could not say so',
      { exitCode: 1, signal: null, stderrTail: "Error: Cannot find module '@tensorflow/tfjs-node'\n" },
      after(0),
      {
        how: 'failed',
        message: /Cannot find module/,
        problem: /not installed.*npm install --ignore-scripts @tensorflow\/tfjs-node/,
      },
    ],
    [
      'by a missing package, when the process has said so',
      { exitCode: 1, signal: null, stderrTail: "Error: Cannot find module '@tensorflow/tfjs-node'\n" },
      after(0, said(1)),
      { how: 'failed', message: /Cannot find module/ },
    ],
    [
      'by a syntax error, when the process could not say so',
      { exitCode: 1, signal: null, stderrTail: '/a/b.js:2\nconst = 3\n      ^\n\nSyntaxError: Unexpected token\n' },
      after(0),
      { how: 'failed', message: /SyntaxError/, problem: /cannot be parsed.*Correct \/a\/b.js:2\./ },
    ],
    [
      'with a code of its own',
      { exitCode: 3, signal: null },
      after(3),
      { how: 'failed', message: /exit code 3 after 3/ },
    ],
  ])('%s', (_, exit, state, { how, message, problem }) => {
    const { ended, problems } = interpretExit(exit, state, null)
    expect(ended).toMatchObject({ type: 'run ended', how, message: expect.stringMatching(message) as string })
    const described = problems.map((p) => `${p.message} ${p.advice}`)
    expect(described).toEqual(problem ? [expect.stringMatching(problem)] : [])
  })

  it('on request, whatever its exit code or signal', () => {
    for (const exit of [
      clean,
      { exitCode: 1, signal: null },
      { exitCode: null, signal: 'SIGKILL' },
      { exitCode: 143 },
    ]) {
      const { ended, problems } = interpretExit(exit, after(3), 'Stopped on request')
      expect(ended).toMatchObject({ how: 'stopped', message: 'Stopped on request after 3 steps.' })
      expect(problems).toEqual([])
    }
  })
})

describe('a run whose log could not be written to the end', () => {
  const messageOf = (exit: ProcessExit, state = after(48)): string =>
    interpretExit(exit, state, null, true).ended.message

  it('is not said to have ended at its last step that was written', () => {
    expect(messageOf(clean)).toBe('The script ended. What it reported after 48 steps could not be written.')
    expect(messageOf({ ...clean, seen: new Set(['node', 'model', 'step'] as const) })).toBe(messageOf(clean))
    expect(messageOf({ exitCode: 3, signal: null })).toContain('with exit code 3 after 48 steps or later')
    expect(messageOf({ exitCode: 137 })).toBe('Ended by SIGKILL after 48 steps or later.')
    expect(messageOf(clean, after(90, said(0)))).toBe('Training completed after 90 steps.')
  })
})

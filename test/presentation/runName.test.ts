import { expect, it } from 'vitest'
import { emptyRun, type RunState } from '../../src/run/state.ts'
import { runName } from '../../src/presentation/runName.ts'

const run = (change: Partial<RunState>, process?: { script: string; args?: string[]; thread?: number }): RunState => {
  const attached = process && {
    pid: 1,
    delta: 0.99,
    versions: {},
    backend: '',
    process: { args: [], thread: 0, ...process },
  }
  return { ...emptyRun(), script: '/a/search.js', ...change, attached: attached ?? null }
}

it.each<[string, RunState]>([
  ['search.js', run({})],
  ['search.js', run({ args: ['7'] }, { script: '/a/search', args: ['7'] })],
  ['search.js', run({ script: 'C:\\a\\search.js' }, { script: 'C:\\a\\search.js' })],
  ['search.js › trial.js 0.1 relu', run({}, { script: '/a/trial.js', args: ['0.1', 'relu'] })],
  ['search.js › 0.1', run({ args: ['7'] }, { script: '/a/search.js', args: ['0.1'] })],
  ['search.js › (thread 2)', run({}, { script: '/a/search.js', thread: 2 })],
  ['train › train.js --epochs 3', run({ packageScript: 'train' }, { script: '/a/train.js', args: ['--epochs', '3'] })],
  ['search.js with hidden.units = 24', run({ overrides: [{ layer: 'hidden', property: 'units', value: 24 }] })],
  [`search.js › ${'x'.repeat(67)}…`, run({}, { script: '/a/search.js', args: ['x'.repeat(200)] })],
])('a run is called %s', (name, state) => {
  expect(runName(state)).toBe(name)
})

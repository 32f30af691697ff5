import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventBody } from '../../src/protocol/events.ts'
import { CurrentRun, type CurrentRunChange } from '../../src/vscode/currentRun.ts'
import { FakeRun, FakeRuns } from './fakeRun.ts'

const TIME = 1_000_000
const STARTED: EventBody = { type: 'run started', protocol: 1, script: '/project/train.js', args: [], cwd: '/project' }

let runs: FakeRuns
let currentRun: CurrentRun
let changes: CurrentRunChange[]

beforeEach(() => {
  runs = new FakeRuns()
  currentRun = new CurrentRun(runs)
  changes = []
  currentRun.onDidChange((change) => changes.push(change))
})

afterEach(() => vi.unstubAllGlobals())

test('without a run there is no state', () => {
  expect(currentRun.state).toBeNull()
})

test('a run that becomes current is reported, and so are its events once they are in the state', () => {
  const run = new FakeRun()
  runs.choose(run)
  expect(changes).toEqual([{ type: 'switched' }])
  expect(currentRun.state).toBe(run.state)
  let script: string | undefined
  currentRun.onDidChange(() => (script = currentRun.state?.script))
  run.emit(TIME, STARTED)
  expect(changes[1]).toMatchObject({ type: 'events', events: [STARTED] })
  expect(script).toBe('/project/train.js')
})

test('a run that was current before the first listener is followed', () => {
  const run = new FakeRun()
  runs.current = run
  const later = new CurrentRun(runs)
  later.onDidChange((change) => changes.push(change))
  expect(later.state).toBe(run.state)
  run.emit(TIME, STARTED)
  expect(changes).toMatchObject([{ type: 'events' }])
})

test('events of runs that are not current are not reported', () => {
  const [before, now] = [new FakeRun(), new FakeRun()]
  runs.choose(before)
  runs.choose(now)
  before.emit(TIME, STARTED)
  expect(changes).toEqual([{ type: 'switched' }, { type: 'switched' }])
  expect(before.listeners.size).toBe(0)
})

test('any number of listeners share one subscription, and are called in the order in which they subscribed', () => {
  const run = new FakeRun()
  runs.choose(run)
  const calls: string[] = []
  currentRun.onDidChange(() => calls.push('a'))
  currentRun.onDidChange(() => calls.push('b'))
  run.emit(TIME, STARTED)
  expect(calls).toEqual(['a', 'b'])
  expect([runs.listeners.size, run.listeners.size]).toEqual([1, 1])
})

test('a listener that unsubscribed is not called', () => {
  const calls: string[] = []
  const unsubscribe = currentRun.onDidChange(() => calls.push('gone'))
  unsubscribe()
  runs.choose(new FakeRun())
  expect(calls).toEqual([])
})

test('an error in one listener does not keep the change from the others, and is thrown later', () => {
  const microtasks: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (task: () => void) => microtasks.push(task))
  const calls: string[] = []
  currentRun.onDidChange(() => {
    throw new Error('in a view')
  })
  currentRun.onDidChange(({ type }) => calls.push(type))
  runs.choose(new FakeRun())
  expect(calls).toEqual(['switched'])
  expect(microtasks).toHaveLength(1)
  expect(microtasks[0]).toThrow('in a view')
})

test('disposed, it listens to nothing', () => {
  const run = new FakeRun()
  runs.choose(run)
  currentRun.dispose()
  expect([runs.listeners.size, run.listeners.size]).toEqual([0, 0])
})

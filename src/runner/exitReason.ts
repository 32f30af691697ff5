import os from 'node:os'
import type { EventBody } from '../protocol/events.ts'
import { isSwitchedOff, nothingMeasured } from './nothingMeasured.ts'
import { howToInstall, PROVIDE_LIBRARY } from '../run/installAdvice.ts'
import type { Presence } from '../protocol/presence.ts'
import type { RunState } from '../run/state.ts'

/** What the operating system or the terminal reported about the end of a training process. */
export interface ProcessExit {
  /** Null when it is not known or a signal ended the process. */
  exitCode: number | null
  /**
   * Null when no signal ended the process. Missing when that is not known: a terminal reports a signal as exit code 0.
   */
  signal?: string | null
  /** Last lines of its error output, if the session has read them; the output of a terminal cannot be read. */
  stderrTail?: string
  /** What its processes have noted beside the invitation; missing where that is not known. */
  seen?: ReadonlySet<Presence>
}

type RunEnded = Extract<EventBody, { type: 'run ended' }>
type Problem = Extract<EventBody, { type: 'problem' }>

/**
 * Finds out how a run ended and which problems explain that end.
 * @param state the run before its end
 * @param stopReason why the run was asked to stop, as the begin of a sentence; null where it was not
 * @param unwritten whether the process reported what could not be written, so that it came further than the run says
 */
export function interpretExit(
  exit: ProcessExit,
  state: RunState,
  stopReason: string | null,
  unwritten = false,
): { ended: RunEnded; problems: Problem[] } {
  const cameTo = after(state, unwritten && !state.ended)
  const signal = exit.signal ?? signalOf(exit.exitCode)
  const exitCode = exit.exitCode
  const end = (how: RunEnded['how'], message: string): RunEnded => ({
    type: 'run ended',
    how,
    exitCode,
    signal,
    message,
  })
  if (stopReason !== null) return { ended: end('stopped', `${stopReason}${cameTo}.`), problems: [] }
  if (signal === 'SIGINT') return { ended: end('stopped', `Interrupted${cameTo}.`), problems: [] }
  if (signal) return { ended: end('killed', `Ended by ${signal}${cameTo}.`), problems: problemsOf(signal) }
  if (exitCode === null) return { ended: end('killed', `Its terminal was closed${cameTo}.`), problems: [] }
  if (exitCode !== 0) return failure(exitCode, exit.stderrTail ?? '', state, cameTo, end)
  if (state.attached?.trains === false && state.inherited !== null && state.progress === null) {
    const message = `Nothing was trained: the weights of ${state.inherited.from} were evaluated.`
    return { ended: end('completed', message), problems: [] }
  }
  const nothing = nothingMeasured(state, exit.seen ?? null, exit.stderrTail)
  if (nothing) {
    const { message, problem: why } = nothing
    return { ended: end('completed', message), problems: why ? [problem(why.message, why.advice)] : [] }
  }
  // A process that ends normally reports its end itself.
  if (!state.ended) {
    if (exit.signal === undefined) {
      const why =
        'by a signal that nobody told (Ctrl+C, the debugger’s Stop, or the system when memory ran out), or as a thread that was terminated'
      return {
        ended: end('killed', `Ended${after(state, true)} ${why}: its last numbers were not told.`),
        problems: [],
      }
    }
    if (isSwitchedOff(state, exit.seen ?? null, exit.stderrTail))
      return { ended: end('completed', `The script ended. The monitor was switched off${cameTo}.`), problems: [] }
    const message = unwritten
      ? `The script ended. What it reported${after(state)} could not be written.`
      : `Ended before its last numbers were told${after(state, true)}.`
    return { ended: end('completed', message), problems: [] }
  }
  return { ended: end('completed', `Training completed${cameTo}.`), problems: [] }
}

function failure(
  exitCode: number,
  stderr: string,
  state: RunState,
  cameTo: string,
  end: (how: RunEnded['how'], message: string) => RunEnded,
): { ended: RunEnded; problems: Problem[] } {
  const errors = stderr.matchAll(/^(?:Uncaught )?([\w.]*Error(?: \[\w+\])?: .*)$/gm)
  const thrown = [...errors].at(-1)?.[1]
  const ended = end('failed', `The script failed with exit code ${exitCode}${cameTo}${thrown ? `: ${thrown}` : '.'}`)
  // The process has reported its own end, with the error and what to do about it.
  if (state.ended) return { ended, problems: [] }
  // Exit code 13 means a top-level await that never settled: https://nodejs.org/api/process.html#exit-codes
  if (exitCode === 13)
    return {
      ended,
      problems: [
        problem(
          'The script awaits something that never happens.',
          'Look for a top-level await whose promise is never resolved.',
        ),
      ],
    }
  const missing = /Cannot find (?:module|package) '(@tensorflow\/[\w-]+)/.exec(stderr)?.[1]
  if (missing)
    return {
      ended,
      problems: [problem(`${missing} is not installed where the script looks for it.`, howToInstall(missing))],
    }
  if (/libtensorflow|tfjs_binding/.test(stderr)) {
    return {
      ended,
      problems: [problem('TensorFlow’s native library could not be loaded.', PROVIDE_LIBRARY)],
    }
  }
  if (thrown?.startsWith('SyntaxError')) {
    const place = /^(\S.*:\d+)$/m.exec(stderr)?.[1]
    return {
      ended,
      problems: [problem('The script cannot be parsed.', place ? `Correct ${place}.` : 'Correct it, then run again.')],
    }
  }
  return { ended, problems: [] }
}

/** Name of the signal in an exit code: shells and Node report the end by signal n as exit code 128 + n. */
function signalOf(exitCode: number | null): string | null {
  if (exitCode === null || exitCode <= 128) return null
  return Object.entries(os.constants.signals).find(([, number]) => number === exitCode - 128)?.[0] ?? null
}

function problemsOf(signal: string): Problem[] {
  if (signal !== 'SIGKILL' && signal !== 'SIGABRT') return []
  const advice =
    'The commonest cause is memory running out: try a smaller batch, or look for tensors that are never disposed of.'
  return [problem(`The training process was ended by ${signal}.`, advice)]
}

function problem(message: string, advice: string): Problem {
  return { type: 'problem', layer: null, message, advice }
}

/** ` after 48 steps`; ` after 48 steps or later` where it may have come further. */
function after(state: RunState, orLater = false): string {
  const step = state.progress?.step
  if (step === undefined) return ''
  return ` after ${step.toLocaleString('en')} ${step === 1 ? 'step' : 'steps'}${orLater ? ' or later' : ''}`
}

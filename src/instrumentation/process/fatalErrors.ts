import { existsSync } from 'node:fs'
import { inspect } from 'node:util'
import { clip } from '../../protocol/clip.ts'
import { UnmetOverrides } from '../overrides/unmetOverrides.ts'
import { howToDeclare, howToInstall, PROVIDE_LIBRARY } from '../../run/installAdvice.ts'

/** What a person reads about the error that ended their script. */
export interface FatalError {
  message: string
  advice: string
}

/** Endings that Babel, TypeScript and bundlers add to the path of an import, and Node does not. */
const OMITTED_ENDINGS = ['.js', '.jsx', '.mjs', '.cjs', '.ts', '.tsx', '/index.js', '/index.ts']

/** Advice for a script that Node cannot run without a build. */
const BUILD_ADVICE =
  'If Babel or a bundler runs the project, run its script of package.json: Saturation: Run npm Script… in VS Code, saturation run --npm in a terminal.'

/** Gives advice for the errors that a newcomer meets first; all other errors are only quoted. */
export function explain(error: unknown): FatalError {
  if (error instanceof UnmetOverrides) return error.problem
  const text = clip(error instanceof Error ? `${error.name}: ${headOf(error.message)}` : inspect(error))
  const code = (error as { code?: string } | null)?.code
  if (/tfjs_binding|libtensorflow/.test(text)) return { message: text, advice: PROVIDE_LIBRARY }
  if (/MODULE_NOT_FOUND$/.test(code ?? '')) {
    const [, by, undeclared] =
      /: (\S+) tried to access (\S+), but it isn't declared in its dependencies/.exec(text) ?? []
    if (by && undeclared) return { message: text, advice: howToDeclare(by, undeclared) }
    const missing = /'(@tensorflow\/[\w-]+)/.exec(text)?.[1]
    if (missing) return { message: text, advice: howToInstall(missing) }
    const file = /Cannot find module '(.+)' imported from/.exec(text)?.[1]
    if (file && OMITTED_ENDINGS.some((ending) => existsSync(file + ending)))
      return { message: text, advice: `Node wants the file’s whole name in an import. ${BUILD_ADVICE}` }
    return { message: text, advice: 'Install the missing package, or correct the path in the import.' }
  }
  if (error instanceof SyntaxError && /import statement outside a module|Unexpected token 'export'/.test(text)) {
    const asModule = 'Node takes the file for CommonJS: put "type": "module" into package.json, or name the file .mjs.'
    return { message: text, advice: `${asModule} ${BUILD_ADVICE}` }
  }
  if (error instanceof SyntaxError)
    return { message: text, advice: 'Correct the syntax error; the terminal shows the line.' }
  return { message: text, advice: 'The terminal shows where the script threw.' }
}

/**
 * The first line of an error's message, and the second if the first ends in a colon (`Transform failed with 1 error:`).
 */
function headOf(message: string): string {
  const [first = '', second = ''] = message.split('\n').filter((line) => line.trim() !== '')
  return first.endsWith(':') ? `${first} ${second.trim()}`.trimEnd() : first
}

/**
 * Calls back with the error that is about to end the process, and with null if the process lives on, because its program
 * has handled the error. The error is not handled here: the exit code and the user's own
 * handlers stay as they are. The monitor's frames are removed from the stack trace that Node prints.
 */
export function onFatalError(callback: (error: FatalError | null) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    try {
      callback(explain(error))
      // The program has a handler. If it does not end the process at once, it has dealt with the error.
      const isHandled = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
      if (isHandled) setImmediate(() => callback(null)).unref()
      hideOwnFrames(error)
    } catch {
      // A program can throw any value, even one that cannot be read. An error thrown here would change the exit code.
    }
  })
}

/**
 * Removes the lines of the monitor's frames from an error's stack trace. It is needed on Node 18 with source maps on;
 * elsewhere `hiddenFrames.ts` has removed the frames before.
 */
function hideOwnFrames(error: unknown): void {
  if (!(error instanceof Error) || !error.stack?.includes(__filename)) return
  const lines = error.stack.split('\n')
  error.stack = lines.filter((line) => !/^\s+at /.test(line) || !line.includes(__filename)).join('\n')
}

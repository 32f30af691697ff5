import { inspect } from 'node:util'
import { clip } from '../run/clip.ts'
import { howToInstall, PROVIDE_LIBRARY } from '../run/installing.ts'

/** What is said to a person about the error that ended their script. */
export interface FatalError {
  message: string
  advice: string
}

/** Explains the errors a newcomer meets first; all others are quoted. */
export function explain(error: unknown): FatalError {
  const text = clip(error instanceof Error ? `${error.name}: ${headOf(error.message)}` : inspect(error))
  const code = (error as { code?: string } | null)?.code
  if (/tfjs_binding|libtensorflow/.test(text)) return { message: text, advice: PROVIDE_LIBRARY }
  if (/MODULE_NOT_FOUND$/.test(code ?? '')) {
    const missing = /'(@tensorflow\/[\w-]+)/.exec(text)?.[1]
    if (missing) return { message: text, advice: howToInstall(missing) }
    return { message: text, advice: 'Install the missing package, or correct the path in the import.' }
  }
  if (error instanceof SyntaxError)
    return { message: text, advice: 'Correct the syntax error; the terminal shows the line.' }
  return { message: text, advice: 'The terminal shows where the script threw.' }
}

/** What an error says first: its line, and the next where that line ends in a colon (`Transform failed with 1 error:`). */
function headOf(message: string): string {
  const [first = '', second = ''] = message.split('\n').filter((line) => line.trim() !== '')
  return first.endsWith(':') ? `${first} ${second.trim()}`.trimEnd() : first
}

/**
 * Notes the error that is about to end the process, without handling it: exit code and the user's own handlers stay as
 * they are, and what is printed is freed of our wrappers' frames.
 */
export function onFatalError(callback: (error: FatalError) => void): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    try {
      callback(explain(error))
      hideOwnFrames(error)
    } catch {
      // Anything can be thrown, even what cannot be read; a throw in here would change the exit code.
    }
  })
}

/** For Node 18 with source maps on; elsewhere the frames were never printed (ownFrames.ts). */
function hideOwnFrames(error: unknown): void {
  if (!(error instanceof Error) || !error.stack?.includes(__filename)) return
  const lines = error.stack.split('\n')
  error.stack = lines.filter((line) => !/^\s+at /.test(line) || !line.includes(__filename)).join('\n')
}

/** What is said to a person about the error that ended their script. */
export interface FatalError {
  message: string
  advice: string
}

/** Explains the errors a newcomer meets first; all others are quoted. */
export function explain(error: unknown): FatalError {
  const text = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error)
  const code = (error as { code?: string } | null)?.code
  if (/(MODULE_NOT_FOUND|ERR_DLOPEN_FAILED)$/.test(code ?? '') && /@tensorflow|tfjs|libtensorflow/i.test(text)) {
    const advice =
      'TensorFlow.js could not be loaded. Install it beside the script (npm install @tensorflow/tfjs-node), or import @tensorflow/tfjs instead.'
    return { message: text, advice }
  }
  if (/MODULE_NOT_FOUND$/.test(code ?? ''))
    return { message: text, advice: 'Install the missing package, or correct the path in the import.' }
  if (error instanceof SyntaxError)
    return { message: text, advice: 'Correct the syntax error; the terminal shows the line.' }
  return { message: text, advice: 'The terminal shows where the script threw.' }
}

/**
 * Notes the error that is about to end the process, without handling it: output, exit code and the user's own
 * handlers stay as they are.
 */
export function onFatalError(callback: (error: FatalError) => void): void {
  process.on('uncaughtExceptionMonitor', (error) => callback(explain(error)))
}

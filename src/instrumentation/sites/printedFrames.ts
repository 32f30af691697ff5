/** One frame of a printed stack trace: `at async new Dense (/a/b.js:3:14)`. */
const FRAME =
  /^\s*at (async )?(?:(new )?(.*?) (?:\[as [^\]]*\] )?\()?((?:file:\/\/|[\\/]|[A-Za-z]:[\\/]|node:).*?):(\d+):(\d+)\)?$/

/**
 * The frames of a printed stack trace, as far as a construction site depends on them. For programs whose intrinsics are
 * frozen, where V8's own frames cannot be asked for.
 */
export function printedFrames(stack: string): NodeJS.CallSite[] {
  return stack.split('\n').flatMap((line) => {
    const [, isAsync, isNew, name, file, row, column] = FRAME.exec(line) ?? []
    if (file === undefined) return []
    const frame = {
      getFileName: () => file,
      getLineNumber: () => Number(row),
      getColumnNumber: () => Number(column),
      getFunctionName: () => name?.split('.').at(-1) ?? null,
      getThis: () => undefined,
      isConstructor: () => isNew !== undefined,
      isAsync: () => isAsync !== undefined,
      isEval: () => false,
      getEvalOrigin: () => undefined,
      toString: () => line.trim().replace(/^at /, ''),
    }
    return [frame as unknown as NodeJS.CallSite]
  })
}

import { findSourceMap, type SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

interface Place {
  name?: string
  originalSource?: string
  originalLine?: number
  originalColumn?: number
}

/**
 * The text of a stack trace as Node 18 and the first of 20 print it, whose own function for that cannot be called: by
 * source maps where they are on.
 */
export function printedTrace(error: unknown, frames: NodeJS.CallSite[]): string {
  const mapped = (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true
  const plain = frames.map(String)
  const maps = new Maps()
  const lines = mapped ? frames.map((frame, i) => originalLine(frame, frames[i + 1], maps) ?? plain[i]!) : plain
  return [headerOf(error), ...lines].join('\n    at ')
}

function headerOf(error: unknown): string {
  try {
    const coded = Object.getOwnPropertySymbols(error).some(({ description }) => description === 'kIsNodeError')
    const { name, code, message } = error as NodeJS.ErrnoException
    return coded ? `${name} [${code}]: ${message}` : Error.prototype.toString.call(error)
  } catch {
    return '<error>'
  }
}

/** A frame at its place in the source; null where no source map tells it. */
function originalLine(frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined, maps: Maps): string | null {
  try {
    const map = maps.of(frame.getFileName() ?? frame.getEvalOrigin())
    if (!map) return null
    const { originalSource, originalLine: line, originalColumn: column } = placeIn(map, positionOf(frame))
    if (!originalSource || line === undefined || column === undefined) return null
    const type = frame.getTypeName()
    const isMethod = type !== null && type !== 'global'
    const running = `${isMethod ? `${type}.` : ''}${frame.getFunctionName() ?? frame.getMethodName() ?? '<anonymous>'}`
    const file = originalSource.startsWith('file://') ? fileURLToPath(originalSource) : originalSource
    return `${nameIn(map, frame, caller) || running} (${file}:${line + 1}:${column + 1})`
  } catch {
    // A map that cannot be read: the frame stays as it is.
    return null
  }
}

/** The source maps of a trace's files. Node makes a map anew each time it is asked for, which takes long for large ones. */
class Maps {
  readonly #known = new Map<string | undefined, SourceMap | undefined>()

  of(file: string | undefined): SourceMap | undefined {
    if (!this.#known.has(file)) this.#known.set(file, findSourceMap(file as string))
    return this.#known.get(file)
  }
}

function placeIn(map: SourceMap, [line, column]: [number, number]): Place {
  return map.findEntry(line - 1, column - 1)
}

/** What the source calls the function: at its beginning, else where it is called. */
function nameIn(map: SourceMap, frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string | undefined {
  const { getEnclosingLineNumber: line, getEnclosingColumnNumber: column } = frame as unknown as Enclosed
  const { name } = placeIn(map, [line.call(frame), column.call(frame)])
  if (name) return name
  return caller && caller.getFileName() === frame.getFileName() ? placeIn(map, positionOf(caller)).name : undefined
}

interface Enclosed {
  getEnclosingLineNumber: (this: unknown) => number
  getEnclosingColumnNumber: (this: unknown) => number
}

function positionOf(frame: NodeJS.CallSite): [number, number] {
  return [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0]
}

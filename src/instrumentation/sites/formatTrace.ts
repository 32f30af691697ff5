import { findSourceMap, type SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/** An entry of a source map; line and column count from 0. */
interface Place {
  name?: string
  originalSource?: string
  originalLine?: number
  originalColumn?: number
}

/**
 * The text of a stack trace as Node 18 and the first versions of 20 print it, mapped through source maps where those
 * are on. The function by which these versions do it cannot be called from outside.
 */
export function formatTrace(error: unknown, frames: NodeJS.CallSite[]): string {
  const mapped = (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true
  const plain = frames.map(String)
  const maps = new SourceMapCache()
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

/** A frame's line of the trace, at its place in the source; null where no source map knows the place. */
function originalLine(
  frame: NodeJS.CallSite,
  caller: NodeJS.CallSite | undefined,
  maps: SourceMapCache,
): string | null {
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
    // The map cannot be read: the frame keeps its place in the running code.
    return null
  }
}

/** The source maps of a trace's files. Node parses a map again for each call, which takes long for large maps. */
class SourceMapCache {
  readonly #known = new Map<string | undefined, SourceMap | undefined>()

  of(file: string | undefined): SourceMap | undefined {
    if (!this.#known.has(file)) this.#known.set(file, findSourceMap(file as string))
    return this.#known.get(file)
  }
}

function placeIn(map: SourceMap, [line, column]: [number, number]): Place {
  return map.findEntry(line - 1, column - 1)
}

/** The function's name in the source: by the map's entry at the function's beginning, else at the place of the call. */
function nameIn(map: SourceMap, frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string | undefined {
  const { getEnclosingLineNumber: line, getEnclosingColumnNumber: column } = frame as unknown as Enclosed
  const { name } = placeIn(map, [line.call(frame), column.call(frame)])
  if (name) return name
  return caller && caller.getFileName() === frame.getFileName() ? placeIn(map, positionOf(caller)).name : undefined
}

/** Methods of V8's call sites that Node's types lack. */
interface Enclosed {
  getEnclosingLineNumber: (this: unknown) => number
  getEnclosingColumnNumber: (this: unknown) => number
}

function positionOf(frame: NodeJS.CallSite): [number, number] {
  return [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0]
}

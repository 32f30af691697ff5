import fs from 'node:fs'
import { findSourceMap, SourceMap } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { evaluatedModule, mapInBundle } from './evaluatedModules.ts'

/** A place in a source file; line and column count from 1. */
export interface Position {
  file: string
  line: number
  column: number
}

type PrepareStackTrace = (error: Error, frames: NodeJS.CallSite[]) => unknown

/** Source maps of files on disk that were read; null for a file without one. */
const onDisk = new Map<string, SourceMap | null>()

/** Positions that were found with a formatter, by place in the running code. */
let found: { prepare: PrepareStackTrace | undefined; positions: Map<string, Position> } = {
  prepare: undefined,
  positions: new Map(),
}

/**
 * The place in the source that a stack frame's code comes from. Node's own source map support is used where the user
 * has switched it on (tsx, `--enable-source-maps`). It is never switched on here, because that would change the text of
 * the user's stack traces.
 * @param prepare the user's `Error.prepareStackTrace`. With it ts-node and source-map-support map code that exists only
 *   in memory.
 * @param bundle the file that evaluates the frame's code, if the code is evaluated.
 * @returns null where the frame has no place, or is evaluated and no source map knows it.
 */
export function originalPosition(
  frame: NodeJS.CallSite,
  prepare?: PrepareStackTrace,
  bundle?: string,
): Position | null {
  const name = frame.getScriptNameOrSourceURL?.() ?? frame.getFileName()
  const line = frame.getLineNumber()
  const column = frame.getColumnNumber()
  if (!name || !line || !column || name.startsWith('node:')) return null
  if (evaluatedModule(frame) !== null) {
    const position = { file: bundle ?? '', line, column }
    return mapped(findSourceMap(name), position) ?? (bundle ? mapped(mapInBundle(bundle, name), position) : null)
  }
  // A program may construct thousands of layers at the same places.
  if (found.prepare !== prepare) found = { prepare, positions: new Map() }
  const place = `${name}:${line}:${column}`
  const known = found.positions.get(place)
  if (known) return known
  const position = { file: toPath(name), line, column }
  const original =
    mapped(findSourceMap(name), position) ??
    asPrintedByFormatter(frame, prepare, position) ??
    mapped(mapOnDisk(position.file), position) ??
    position
  found.positions.set(place, original)
  return original
}

/** Absolute paths of the sources that the source map of a file on disk names; none without a source map. */
export function sourcesOf(name: string): string[] {
  const file = toPath(name)
  const map = mapOnDisk(file)
  return map?.payload.sources.map((source) => webpackSource(source, file) ?? toPath(source)) ?? []
}

function mapped(map: SourceMap | null | undefined, { file, line, column }: Position): Position | null {
  const entry = map?.findEntry(line - 1, column - 1)
  if (!entry || !('originalSource' in entry) || !entry.originalSource) return null
  return {
    file: webpackSource(entry.originalSource, file) ?? toPath(entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

/** The position that the user's formatter prints for this frame; null when it prints the given one, or none. */
function asPrintedByFormatter(
  frame: NodeJS.CallSite,
  prepare: PrepareStackTrace | undefined,
  given: Position,
): Position | null {
  if (!prepare) return null
  let text: unknown
  const { random } = Math
  try {
    // source-map-support sorts a map's lines with random pivots. A program that seeds Math.random must not lose
    // numbers.
    Reflect.set(Math, 'random', () => 0.5)
    text = prepare(new Error(), [frame])
  } catch {
    return null
  } finally {
    Reflect.set(Math, 'random', random)
  }
  const match = typeof text === 'string' && /((?:file:\/\/|[\\/]|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?\s*$/.exec(text)
  if (!match) return null
  const position = { file: toPath(match[1]!), line: Number(match[2]), column: Number(match[3]) }
  const same = position.file === given.file && position.line === given.line && position.column === given.column
  return same ? null : position
}

/** The source map that the last lines of a file on disk name: inline, or in a file of its own. */
function mapOnDisk(file: string): SourceMap | null {
  let map = onDisk.get(file)
  if (map === undefined) onDisk.set(file, (map = readMap(file)))
  return map
}

function readMap(file: string): SourceMap | null {
  try {
    const url = [...fs.readFileSync(file, 'utf8').matchAll(/^\/\/[#@] sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1]
    if (!url) return null
    const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(url)
    const mapFile = path.resolve(path.dirname(file), decodeURIComponent(inline ? '.' : url))
    const text = !inline
      ? fs.readFileSync(mapFile, 'utf8')
      : inline[1]
        ? Buffer.from(inline[2]!, 'base64').toString()
        : decodeURIComponent(inline[2]!)
    const payload = JSON.parse(text) as { sources: string[]; sourceRoot?: string }
    const base = pathToFileURL(inline ? file : mapFile)
    const root = payload.sourceRoot ? payload.sourceRoot.replace(/\/*$/, '/') : ''
    payload.sources = payload.sources.map((source) => new URL(root + source, base).href)
    return new SourceMap(payload as never)
  } catch {
    // The map is missing or broken. The position in the running code is still correct.
    return null
  }
}

/**
 * The file behind a name that webpack wrote, such as `webpack://project/./src/train.ts?hash`; null for any other name,
 * and where no such file exists. The name is relative to the project's folder, which is the bundle's folder or one
 * above it.
 */
function webpackSource(name: string, bundle: string): string | null {
  const relative = /^webpack:\/\/[^/]*\/([^?]+)/.exec(name)?.[1]
  if (relative === undefined) return null
  for (let folder = path.dirname(bundle); ; folder = path.dirname(folder)) {
    const file = path.join(folder, decodeURIComponent(relative))
    if (fs.existsSync(file)) return file
    if (folder === path.dirname(folder)) return null
  }
}

function toPath(name: string): string {
  return name.startsWith('file:') ? fileURLToPath(name) : name
}

import { definitionsIn } from '../definitionsIn.ts'
import type { WidthRequest } from '../edits/plan.ts'
import { planWidthEdits } from '../edits/planWidthEdits.ts'
import { widthFingerprints, type FingerprintedWidth } from '../edits/widthFingerprint.ts'
import { trains } from '../trains.ts'
import { readSource } from './readSource.ts'

/**
 * What can be asked about source files: functions of plain data that give plain data. They run in a thread of their own
 * and are ended when they take too long, because the parser's time is exponential in some half-written files.
 */
export const TASKS = {
  /** Whether a file trains a model; null when that cannot be told. */
  trains: (text: string, fileName: string) => trains(text, fileName, readSource),
  definitionsIn,
  /** The edits that give layers other widths. @param texts of files that differ from those on disk, by path */
  planWidthEdits: (request: WidthRequest, texts: Readonly<Record<string, string>>) =>
    planWidthEdits(request, over(texts)),
  /** What the source gives to widths, to be compared later. @param texts as above */
  widthFingerprints: (
    widths: readonly FingerprintedWidth[],
    texts: Readonly<Record<string, string>>,
    script: string | null,
    cwd: string | null,
  ) => widthFingerprints(widths, over(texts), script, cwd),
}

type Tasks = typeof TASKS
export type TaskName = keyof Tasks

/** Asks about source files. The answer is null also when it took too long. */
export type AskSource = <Name extends TaskName>(
  name: Name,
  ...args: Parameters<Tasks[Name]>
) => Promise<Awaited<ReturnType<Tasks[Name]>> | null>

/** Reads open documents first, then what is on disk. */
function over(texts: Readonly<Record<string, string>>): (file: string) => string | null {
  return (file) => (Object.hasOwn(texts, file) ? (texts[file] ?? null) : readSource(file))
}

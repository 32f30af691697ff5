import { definitionsIn } from '../definitionsIn.ts'
import type { WidthRequest } from '../edits/plan.ts'
import { planWidthEdits } from '../edits/planWidthEdits.ts'
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
  /** The edits that give layers other widths, over the texts of open documents and, of other files, those on disk. */
  planWidthEdits: (request: WidthRequest, texts: Readonly<Record<string, string>>) =>
    planWidthEdits(request, (file) => (Object.hasOwn(texts, file) ? (texts[file] ?? null) : readSource(file))),
}

type Tasks = typeof TASKS
export type TaskName = keyof Tasks

/** Asks about source files. The answer is null also when it took too long. */
export type AskSource = <Name extends TaskName>(
  name: Name,
  ...args: Parameters<Tasks[Name]>
) => Promise<Awaited<ReturnType<Tasks[Name]>> | null>

import * as v from 'valibot'
import type { RunState } from '../../run/state.ts'
import type { RunSource } from '../runSource.ts'

/** A question that an assistant may ask. It reads, and neither runs nor changes anything. */
export interface Tool {
  /** Unique; letters and underscores. */
  readonly name: string
  readonly title: string
  /** For the assistant: what the answer has, and when to ask. */
  readonly description: string
  readonly input: v.GenericSchema
  /** @param input was validated @throws ToolError when the question has no answer. */
  answer(input: unknown, runs: RunSource): Promise<object>
}

/** A question cannot be answered. The message is a sentence for the assistant. */
export class ToolError extends Error {}

/** Characters of a name or id at most. */
const MAX_NAME = 500

/** The id of a run. */
export const RunId = v.pipe(v.string(), v.maxLength(MAX_NAME), v.description('id of a run, from list_runs'))
/** A name of the user's program. */
export const Name = v.pipe(v.string(), v.maxLength(MAX_NAME))

/** A tool whose answer has the input's type. */
export function tool<Schema extends v.GenericSchema>(
  described: Omit<Tool, 'answer' | 'input'> & {
    input: Schema
    answer(input: v.InferOutput<Schema>, runs: RunSource): Promise<object>
  },
): Tool {
  const { answer, ...rest } = described
  return { ...rest, answer: (input, runs) => answer(input, runs) }
}

/** The state of a run. @throws ToolError when there is no such run, or its log cannot be read. */
export async function stateOf(id: string, runs: RunSource): Promise<RunState> {
  const run = (await runs.list()).find((each) => each.id === id)
  if (!run) throw new ToolError(`There is no run ${id}. list_runs has the ids.`)
  const state = await run.state()
  if (!state) throw new ToolError(`The log of ${id} cannot be read.`)
  return state
}

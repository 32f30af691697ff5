import path from 'node:path'

/** Numbers that are tried at most. */
const MAX_NUMBER = 10_000

/** A file's name, and behind it the names beside it that have a number: run.jsonl, run-2.jsonl, run-3.jsonl and so on. */
export function* numberedNames(file: string, first = 1): Generator<string> {
  const { dir, name, ext } = path.parse(file)
  for (let n = first; n <= MAX_NUMBER; n++) yield n === 1 ? file : path.join(dir, `${name}-${n}${ext}`)
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'

/** Writes JSON with a secret in it, whole or not at all, readable by its owner only. @throws the file system's error. */
export function writeSecretFile(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** What `writeSecretFile` wrote; null where there is no file, or nothing of this form in it. */
export function readSecretFile<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): v.InferOutput<Schema> | null {
  try {
    const result = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')))
    return result.success ? result.output : null
  } catch {
    return null
  }
}

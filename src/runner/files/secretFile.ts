import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'

/**
 * Writes a value that contains a secret as JSON, readable by its owner only. The write is atomic: a reader finds the
 * old file or the whole new one.
 * @throws the file system's error.
 */
export function writeSecretFile(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/**
 * Reads a file that `writeSecretFile` wrote.
 * @returns null when there is no file or its content does not fit the schema.
 */
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

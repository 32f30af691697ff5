import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'

/** What `npm start` asks the first window for. */
const StartRequest = v.object({
  /** Differs for each request. */
  nonce: v.string(),
  /** Absolute path of the script to show and to run. */
  script: v.string(),
  /** Absolute path of the file to show beside it. */
  beside: v.string(),
})
export type StartRequest = v.InferOutput<typeof StartRequest>

/**
 * What `npm start` requests to show and run. Each request is honoured once: its nonce is saved in a file beside the
 * runs. VS Code's own storage would not do, because it belongs to one browser, and a second browser would start a
 * second run.
 * @param request JSON of a `StartRequest`
 * @param storage folder of the workspace's runs
 * @returns undefined when there is no request or it was honoured before.
 */
export function takeStartRequest(request: string | undefined, storage: string): StartRequest | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), StartRequest), request)
  if (!parsed.success) return undefined
  const { nonce } = parsed.output
  const file = path.join(storage, 'started')
  if (existsSync(file) && readFileSync(file, 'utf8') === nonce) return undefined
  mkdirSync(storage, { recursive: true })
  writeFileSync(file, nonce)
  return parsed.output
}

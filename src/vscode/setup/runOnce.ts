import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The script that `npm start` requests to run. Each request is honoured once: its nonce is saved in a file beside the
 * runs. VS Code's own storage would not do, because it belongs to one browser, and a second browser would start a
 * second run.
 * @param request `<nonce>:<script>`
 * @param storage folder of the workspace's runs
 * @returns undefined when there is no request or it was honoured before.
 */
export function scriptToRunOnce(request: string | undefined, storage: string): string | undefined {
  const [, nonce, script] = /^([^:]+):(.+)$/.exec(request ?? '') ?? []
  const file = path.join(storage, 'started')
  if (!nonce || !script || (existsSync(file) && readFileSync(file, 'utf8') === nonce)) return undefined
  mkdirSync(storage, { recursive: true })
  writeFileSync(file, nonce)
  return script
}

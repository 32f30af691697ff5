import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The script that `npm start` asks to be run, by `<nonce>:<script>`; each nonce counts once. It is remembered beside the
 * runs: what VS Code remembers for a workspace belongs to one browser, and a second one must not start a second run.
 * @param storage folder of the workspace's runs
 * @returns undefined when there is nothing to run, or it was run before.
 */
export function scriptToRunOnce(request: string | undefined, storage: string): string | undefined {
  const [, nonce, script] = /^([^:]+):(.+)$/.exec(request ?? '') ?? []
  const file = path.join(storage, 'started')
  if (!nonce || !script || (existsSync(file) && readFileSync(file, 'utf8') === nonce)) return undefined
  mkdirSync(storage, { recursive: true })
  writeFileSync(file, nonce)
  return script
}

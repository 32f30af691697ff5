/**
 * VS Code for the browser: code-server from npm, in the cache, run by a Node of its own. It is what the end-to-end tests drive, and
 * what `npm start` opens where there is no desktop VS Code.
 */
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cached } from '../lib/cache.mjs'
import { PLATFORM, ROOT } from '../lib/paths.mjs'
import { providePrivateNode } from '../tensorflow/privateNode.mjs'
import { npm, withPath } from '../lib/childProcess.mjs'

const CODE_SERVER_VERSION = '4.139.1'
/** Counts changes of what is done to the package below, so that an older result is not taken for a newer one. */
const RECIPE = 1

/**
 * @typedef {object} CodeServer
 * @property {string} node the Node that it wants
 * @property {string} entry the script to run
 */

/**
 * The cached code-server, installed first if it is not there. Nothing is compiled.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<CodeServer>}
 * @throws {Error} when the platform is not supported or npm fails
 */
export async function provideCodeServer(report) {
  if (process.platform === 'win32')
    throw new Error('The browser workbench does not run on Windows; install VS Code and its `code` command.')
  const { binary } = await providePrivateNode(report)
  const folder = await cached(
    `code-server-${CODE_SERVER_VERSION}-${RECIPE}-${PLATFORM}`,
    async (target) => {
      const env = withPath(path.dirname(binary))
      const install = (/** @type {string} */ where, /** @type {string[]} */ ...what) =>
        npm(['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', ...what], {
          cwd: where,
          env,
          onLine: (line) => report?.(line.slice(0, 60)),
        })
      writeFileSync(path.join(target, 'package.json'), '{"private":true}')
      await install(target, `code-server@${CODE_SERVER_VERSION}`)
      // Its install script would do these; it would also compile what we do without.
      const code = path.join(target, 'node_modules', 'code-server', 'lib', 'vscode')
      await install(code)
      await install(path.join(code, 'extensions'))
      copyFileSync(
        path.join(ROOT, 'setup', 'workbench', 'spdlog.cjs'),
        path.join(code, 'node_modules', '@vscode', 'spdlog', 'index.js'),
      )
      // Signs in, downloads, advertises: not what anyone came for. Other built-in extensions would be missed with a message.
      rmSync(path.join(code, 'extensions', 'copilot'), { recursive: true, force: true })
      report?.('writing checksums')
    },
    report,
  )
  const entry = path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js')
  if (!existsSync(entry)) throw new Error(`code-server ${CODE_SERVER_VERSION} has no out/node/entry.js.`)
  return { node: binary, entry }
}

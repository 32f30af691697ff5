/** `npm run licences`: fails when a package of the lock file has a licence that is not allowed. */
import { readFileSync } from 'node:fs'
import { forbiddenPackages } from './allowed.mjs'

const problems = forbiddenPackages(
  JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
)
for (const problem of problems) console.error(`${problem} Allow it in setup/licences/allowed.mjs, or do without it.`)
process.exitCode = problems.length > 0 ? 1 : 0

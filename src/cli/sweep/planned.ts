import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'
import { grid, gridSize, listed, MAX_NETWORKS, randomOf } from '../../experiments/sweep/plan.ts'
import type { TriedCandidate } from '../../experiments/tryCandidates.ts'
import { pluralise } from '../../presentation/numbers.ts'
import { readSecretFile, writeSecretFile } from '../../runner/files/secretFile.ts'
import { UsageError } from '../console/usageError.ts'
import { candidatesOf } from '../try/candidates.ts'
import type { SweepFlags } from './flags.ts'

/** What `--resume` goes on with: the networks of the latest study in a folder, as overrides with commas between. */
const Planned = v.object({ networks: v.array(v.string()) })

/**
 * The networks that are to be trained.
 * @param folder that keeps what is planned, for `--resume`
 * @throws UsageError when nothing is given, too much, or a list cannot be read.
 */
export function plannedNetworks(
  { vary = [], list, random, grid: all, randomSeed, resume }: SweepFlags,
  folder: string,
) {
  const file = path.join(folder, 'plan.json')
  if (resume && vary.length === 0 && list === undefined) {
    const planned = readSecretFile(file, Planned)
    if (planned) return candidatesOf([], planned.networks)
    throw new UsageError(
      `There is no study in ${folder} to resume. Say what is varied: --vary 'conv*.filters=8,16,32'.`,
    )
  }
  if (list !== undefined && (vary.length > 0 || random !== undefined))
    throw new UsageError('Networks are either listed by --list or made by --vary, not both.')
  if (all && random !== undefined)
    throw new UsageError('Either --grid trains all combinations, or --random some of them.')
  if (list === undefined && vary.length === 0)
    throw new UsageError(
      "Nothing is varied: give it with --vary 'conv*.filters=8,16,32', or networks with --list FILE, one a line.",
    )
  const texts = list === undefined ? combinations(vary, random, randomSeed) : listed(readList(list))
  if (texts.length === 0) throw new UsageError(`${list} lists no network: write overrides one network a line.`)
  return candidatesOf([], texts)
}

/** Keeps what is planned. @throws the file system's error. */
export function keepPlan(folder: string, networks: readonly TriedCandidate[]): void {
  writeSecretFile(path.join(folder, 'plan.json'), { networks: networks.map(({ name }) => name) })
}

function combinations(vary: NonNullable<SweepFlags['vary']>, random: number | undefined, seed: number): string[] {
  const names = vary.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`${twice} is varied twice: give all of its values at once.`)
  const count = random ?? gridSize(vary)
  if (count > MAX_NETWORKS)
    throw new UsageError(
      `These are ${pluralise(count, 'network')}; a study has up to ${MAX_NETWORKS}. Train some of them with --random N.`,
    )
  return random === undefined ? grid(vary) : randomOf(vary, random, seed)
}

function readList(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The list ${file} cannot be read: ${(error as Error).message}`)
  }
}

import os from 'node:os'
import type { TrialPool } from '../../experiments/sweep/trialPool.ts'
import type { StudyFlags } from './flags.ts'
import { LocalPool } from './localPool.ts'
import { memoryLimit } from './processMemory.ts'
import { RayPool } from './ray/rayPool.ts'
import type { TrialProgram } from './trialArguments.ts'

const BYTES_PER_MB = 1e6

/**
 * Where a study's trials run: this machine, or an engine that is named.
 * @param folder absolute path of the study
 * @throws ExperimentError when the engine cannot be reached.
 */
export async function poolOf(
  program: TrialProgram,
  { workers, memory, engine }: StudyFlags,
  folder: string,
): Promise<TrialPool & { dispose(): void }> {
  const bytes = memory === undefined ? null : memory * BYTES_PER_MB
  if (engine !== undefined) return RayPool.connect(engine, folder, program, { workers: workers ?? null, bytes })
  const cores = os.availableParallelism()
  const atOnce = workers ?? Math.max(1, Math.floor(cores / 2))
  return new LocalPool(program, {
    workers: atOnce,
    bytes: bytes ?? memoryLimit(),
    threads: Math.max(1, Math.floor(cores / atOnce)),
  })
}

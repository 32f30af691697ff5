import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { esbuildPlugin } from '../../../setup/assemblyscript.mjs'
import { ROOT } from '../../../setup/lib/paths.mjs'

/** Modules of the product that the benchmark uses. */
const MODULES = [
  'advice/settling',
  'folding/estimates',
  'folding/fold',
  'folding/narrowingPath',
  'folding/networkSize',
  'folding/resized',
  'instrumentation/graph/layerGraph',
  'instrumentation/graph/tracedWidths',
  'instrumentation/hooks/layerOutputs',
  'instrumentation/hooks/trainingSteps',
  'instrumentation/narrowing/consumerMoments',
  'instrumentation/narrowing/trialWeights',
  'learned/packedMoments',
  'saturation/dimension',
  'saturation/linalg/eigenvalues',
  'saturation/units/moments',
  'saturation/units/reconstruction',
]

/**
 * @typedef {typeof import('../../../src/advice/settling.ts')
 *   & typeof import('../../../src/folding/estimates.ts')
 *   & typeof import('../../../src/folding/fold.ts')
 *   & typeof import('../../../src/folding/narrowingPath.ts')
 *   & typeof import('../../../src/folding/networkSize.ts')
 *   & typeof import('../../../src/folding/resized.ts')
 *   & typeof import('../../../src/instrumentation/graph/layerGraph.ts')
 *   & typeof import('../../../src/instrumentation/graph/tracedWidths.ts')
 *   & typeof import('../../../src/instrumentation/hooks/layerOutputs.ts')
 *   & typeof import('../../../src/instrumentation/hooks/trainingSteps.ts')
 *   & typeof import('../../../src/instrumentation/narrowing/consumerMoments.ts')
 *   & typeof import('../../../src/instrumentation/narrowing/trialWeights.ts')
 *   & typeof import('../../../src/learned/packedMoments.ts')
 *   & typeof import('../../../src/saturation/dimension.ts')
 *   & typeof import('../../../src/saturation/linalg/eigenvalues.ts')
 *   & typeof import('../../../src/saturation/units/moments.ts')
 *   & typeof import('../../../src/saturation/units/reconstruction.ts')} Parts
 */

/** Loads the product's modules. @returns {Promise<Parts>} */
export async function loadParts() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-bench-'))
  try {
    const outfile = path.join(folder, 'parts.mjs')
    const contents = MODULES.map((name) => `export * from './src/${name}.ts'`).join('\n')
    const stdin = { contents, resolveDir: ROOT }
    await build({
      stdin,
      outfile,
      bundle: true,
      plugins: [esbuildPlugin],
      format: 'esm',
      platform: 'node',
      target: 'node18',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ROOT } from '../../setup/lib/paths.mjs'

/** Modules of the product that the document is made with: its pictures, and what it computes of a profile. */
const MODULES = ['comparison/sweep/profile', 'report/html/lineChart']

/**
 * @typedef {typeof import('../../src/comparison/sweep/profile.ts') & typeof import('../../src/report/html/lineChart.ts')} Parts
 */

/** Loads the product's modules. @returns {Promise<Parts>} */
export async function loadParts() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-reproduce-'))
  try {
    const outfile = path.join(folder, 'parts.mjs')
    const contents = MODULES.map((name) => `export * from './src/${name}.ts'`).join('\n')
    const stdin = { contents, resolveDir: ROOT }
    await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

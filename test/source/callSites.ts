import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A module that replaces TensorFlow.js. Each layer records the call site of the user's stack frame as V8 reports it.
 */
const RECORDER = `
const sites = []
function record() {
  const prepare = Error.prepareStackTrace
  Error.prepareStackTrace = (_, frames) => frames
  const frames = new Error().stack
  Error.prepareStackTrace = prepare
  const user = frames.find((frame) => frame.getFileName()?.includes('snippet'))
  sites.push({ line: user.getLineNumber(), column: user.getColumnNumber() })
}
class Layer {
  constructor() { record() }
  apply() { return this }
}
const make = () => Object.assign(Object.create(Layer.prototype), (record(), {}))
const layers = { dense: make, conv2d: make, Layer }
const chain = { dense: () => (record(), chain), conv2d: () => (record(), chain) }
module.exports = { layers, chain, sites, model: { add() {} } }
process.on('exit', () => process.stdout.write(JSON.stringify(sites)))
`

/**
 * Runs a snippet under this Node and returns where it constructed layers.
 * @param snippet has to load the replacement of TensorFlow.js from ./tf.cjs
 * @returns lines and columns counted from 1, in the order of construction.
 */
export function callSites(snippet: string, extension: 'cjs' | 'mjs' = 'cjs'): { line: number; column: number }[] {
  const folder = mkdtempSync(join(tmpdir(), 'call-sites-'))
  try {
    writeFileSync(join(folder, 'tf.cjs'), RECORDER)
    writeFileSync(join(folder, `snippet.${extension}`), snippet)
    const output = execFileSync(process.execPath, [join(folder, `snippet.${extension}`)], {
      encoding: 'utf8',
    })
    return JSON.parse(output) as { line: number; column: number }[]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

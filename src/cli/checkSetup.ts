import { spawn } from 'node:child_process'
import path from 'node:path'

/**
 * Checks what a training in a folder needs (node, TensorFlow.js, its native library), and repairs what is missing.
 * @returns the exit code: 0 when everything is there.
 */
export function checkSetup(folder: string, node: string): Promise<number> {
  // The file lies beside the bundles: set-up scripts share it, and these are plain JavaScript.
  const script = path.join(__dirname, '..', 'setup', 'tensorflow', 'check.mjs')
  const child = spawn(node, [script, path.resolve(folder)], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
}

import { fileURLToPath } from 'node:url'
import { callSite, callStack, isInstalled } from './constructionSite.ts'

/**
 * Whether a frame of the call stack is in code of the program, or of a package other than TensorFlow.js. Where a bundle
 * has no source map nothing tells its code from the library's: then it is not.
 * @param library file that has the library's code, as `libraryFile` returns it
 */
export function isProgramCode(frame: NodeJS.CallSite, library: string | null): boolean {
  const file = frame.getFileName()
  if (!file || file.startsWith('node:')) return false
  if (isInstalled(file)) return !/[\\/]@tensorflow[\\/]/.test(file)
  const site = callSite([frame])
  return site !== null && site.file !== library
}

/**
 * The file of the innermost code that is not the monitor's: the library's while it constructs a layer. Null where that
 * file belongs to an installed package.
 */
export function libraryFile(): string | null {
  const files = callStack().map((frame) => frame.getFileName())
  const file = files.find((name) => name && name !== __filename && !name.startsWith('node:'))
  if (!file || isInstalled(file)) return null
  return file.startsWith('file:') ? fileURLToPath(file) : file
}

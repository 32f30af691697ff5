import fs from 'node:fs'
import type { Site } from '../run/events.ts'
import { callStack, isInstalled } from './constructionSite.ts'
import { originalPosition, sourcesOf } from './sourceMaps.ts'

const found = new Map<string, Site | null>()

/**
 * The place of the call that is reading a model from a file, in a bundle that holds TensorFlow.js as ES modules. There
 * the function that loads is a local binding, which nobody sees being called, and V8 keeps no trace of the caller behind
 * its awaits. But where all sources of the bundle call it in a single place, it is that one.
 * @returns null where they call it nowhere or several times, there is no source map, or no model is being read.
 */
export function loadCall(): Site | null {
  // The function that goes on behind an await is at the bottom of the stack.
  const bottom = callStack()
    .filter((frame) => !frame.getFileName()?.startsWith('node:'))
    .at(-1)
  const bundle = bottom?.getFileName()
  if (!bottom || !bundle || isInstalled(bundle)) return null
  if (!isLibrary(originalPosition(bottom)?.file ?? bundle)) return null
  let site = found.get(bundle)
  if (site === undefined) found.set(bundle, (site = onlyCallIn(sourcesOf(bundle))))
  return site
}

function onlyCallIn(files: string[]): Site | null {
  const calls = files.filter((file) => !isLibrary(file)).flatMap(callsIn)
  const [only] = calls
  return calls.length === 1 && only && !isInstalled(only.file) ? only : null
}

function callsIn(file: string): Site[] {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch {
    // Sources that nobody has are not the user's.
    return []
  }
  const code = withoutWords(text)
  return [...code.matchAll(/(?<!function\s+)\bloadLayersModel\s*\(/g)].map(({ index }) => {
    const lines = code.slice(0, index).split('\n')
    return { file, line: lines.length, column: lines.at(-1)!.length + 1 }
  })
}

/** The text with blanks in place of comments and strings. */
function withoutWords(text: string): string {
  const words = /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g
  return text.replace(words, (word) => word.replace(/[^\n]/g, ' '))
}

/** TensorFlow.js as it is installed, or as its own source maps name it, from the folder where it was built. */
function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]@tensorflow[\\/]|[\\/]tfjs-layers[\\/]src[\\/]/.test(file)
}

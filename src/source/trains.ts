import { importedNames, readLocal, type ReadText } from './localImports.ts'
import { parseCode, type Call, type ParsedCode } from './parse.ts'

/** Methods that change weights, of models, optimisers and `tf` itself. */
const TRAINING_CALLS = new Set(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'variableGrads', 'applyGradients'])

const TFJS = /^@tensorflow\/tfjs(?:$|[-/])/
const MENTIONS_TRAINING = new RegExp(`\\b(?:${[...TRAINING_CALLS].join('|')})\\b`)
/** Of a large project only what is imported nearest is looked at. */
const MOST_FILES = 40

/**
 * Whether a file trains a model: it calls something that changes weights, and TensorFlow.js is imported by it or by
 * the project's own modules that it imports. Mentions in comments, strings and types do not count.
 * @param read reads the modules it imports; without it only the file itself is looked at
 * @returns null when the text mentions training but cannot be parsed: keep to what was known of it.
 */
export function trains(text: string, fileName: string, read: ReadText = () => null): boolean | null {
  // Most files end here, without the cost of a syntax tree.
  if (!MENTIONS_TRAINING.test(text)) return false
  const parsed = parseCode(text, fileName)
  return parsed && parsed.calls.some(isTrainingCall) && reachesTfjs(parsed, fileName, read)
}

/** Whether a module imports TensorFlow.js, itself or through the project's own modules that it imports. */
function reachesTfjs(module: ParsedCode, fileName: string, read: ReadText): boolean {
  const seen = new Set([fileName])
  const pending = [{ parsed: module, fileName }]
  for (let next = pending.shift(); next; next = pending.shift()) {
    const names = importedNames(next.parsed)
    if (names.some((name) => TFJS.test(name))) return true
    for (const name of names) {
      const found = seen.size < MOST_FILES ? readLocal(name, next.fileName, read) : null
      if (!found || seen.has(found.file)) continue
      seen.add(found.file)
      const parsed = parseCode(found.text, found.file)
      if (parsed) pending.push({ parsed, fileName: found.file })
    }
  }
  return false
}

function isTrainingCall(call: Call): boolean {
  const { callee } = call
  if (call.type === 'NewExpression') return false
  if (callee.type === 'Identifier') return TRAINING_CALLS.has(callee.name)
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return false
  const { property } = callee
  if (property.type === 'StringLiteral') return TRAINING_CALLS.has(property.value)
  return !callee.computed && property.type === 'Identifier' && TRAINING_CALLS.has(property.name)
}

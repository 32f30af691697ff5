import type { Node } from '@babel/types'
import { importedNames, readLocalImport, type ReadText } from './localImports.ts'
import { parseCode, type Call, type ParsedCode } from './parse.ts'

/** Methods of models, optimisers and `tf` that change weights, or compute the gradients to change them by. */
const TRAINING_CALLS = new Set(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'variableGrads', 'applyGradients'])

/** Matches the name of a package of TensorFlow.js, or of a file in one. */
const TFJS_PACKAGE = /^@tensorflow\/tfjs(?:$|[-/])/
/** Matches a text that contains the name of a training call. */
const MENTIONS_TRAINING_CALL = new RegExp(`\\b(?:${[...TRAINING_CALLS].join('|')})\\b`)
/** Matches the text of a script that may leave the training to a module. */
const MENTIONS_TRAINING = /@tensorflow\/tfjs|\btrain|Train/
/** Number of files that are read at most for one script. In a large project those are the nearest imports. */
const MAX_FILES = 40
/** Functions that only a test runner defines: a script that calls one of them cannot run under Node alone. */
const TEST_FUNCTIONS = new Set(['describe', 'it', 'suite', 'test'])

/**
 * Whether a file trains a model. Two conditions have to hold:
 * - The file contains a training call, or it starts something and a module of the project that it imports contains one.
 * - The file or such a module imports TensorFlow.js.
 *
 * Imports count directly or through other modules. Comments, strings and types do not count.
 * @param read reads imported modules; without it only the file itself is analysed
 * @returns null when the text mentions training but cannot be parsed. The caller should keep the last answer then.
 */
export function trains(text: string, fileName: string, read: ReadText = () => null): boolean | null {
  // Saves the cost of a syntax tree for most files.
  if (!MENTIONS_TRAINING_CALL.test(text) && !MENTIONS_TRAINING.test(text)) return false
  const parsed = parseCode(text, fileName)
  if (!parsed) return null
  let training = parsed.calls.some(isTrainingCall)
  if (!training && !hasEntryPoint(parsed)) return false
  let tfjs = false
  for (const { calls, names } of modulesFrom(parsed, fileName, read)) {
    training ||= calls.some(isTrainingCall)
    tfjs ||= names.some((name) => TFJS_PACKAGE.test(name))
    if (training && tfjs) return true
  }
  return false
}

/**
 * A module and the modules of the project that it imports, directly or through others; breadth first, so nearest first.
 */
function* modulesFrom(module: ParsedCode, fileName: string, read: ReadText) {
  const seen = new Set([fileName])
  const pending = [{ parsed: module, fileName }]
  for (let next = pending.shift(); next; next = pending.shift()) {
    const names = importedNames(next.parsed)
    yield { calls: next.parsed.calls, names }
    for (const name of names) {
      const found = seen.size < MAX_FILES ? readLocalImport(name, next.fileName, read) : null
      if (!found || seen.has(found.file)) continue
      seen.add(found.file)
      const parsed = parseCode(found.text, found.file)
      if (parsed) pending.push({ parsed, fileName: found.file })
    }
  }
}

/** Whether a file does something when it is run, such as `main()`, perhaps under a condition, and not only exports. */
function hasEntryPoint({ statements }: ParsedCode): boolean {
  return statements.some((statement) => {
    if (statement.type === 'ExpressionStatement') return isEntryCall(statement.expression)
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.some(({ init }) => init?.type === 'AwaitExpression' && isEntryCall(init))
    return statement.type === 'IfStatement' || statement.type === 'TryStatement'
  })
}

function isEntryCall(node: Node): boolean {
  if (node.type === 'AwaitExpression' || node.type === 'UnaryExpression') return isEntryCall(node.argument)
  if (node.type === 'ParenthesizedExpression') return isEntryCall(node.expression)
  if (node.type !== 'CallExpression') return false
  return node.callee.type !== 'Identifier' || !TEST_FUNCTIONS.has(node.callee.name)
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

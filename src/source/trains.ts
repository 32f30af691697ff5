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
/** UTF-16 units of these files at most. */
const MAX_TOTAL_LENGTH = 2_000_000

/** What counts of a module. */
interface ModuleFacts {
  trains: boolean
  /** Names of the modules that it imports. */
  names: readonly string[]
}

/** The facts of modules, by path, with the text that they were found in: most modules do not change between questions. */
const known = new Map<string, { text: string; facts: ModuleFacts | null }>()
/** Modules that are kept at most. */
const MAX_KNOWN = 1000
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
  const facts = factsOf(parsed)
  let training = facts.trains
  if (!training && !hasEntryPoint(parsed)) return false
  let tfjs = false
  for (const module of modulesFrom(facts, fileName, read)) {
    training ||= module.trains
    tfjs ||= module.names.some((name) => TFJS_PACKAGE.test(name))
    if (training && tfjs) return true
  }
  return false
}

function factsOf(parsed: ParsedCode): ModuleFacts {
  return { trains: parsed.calls.some(isTrainingCall), names: importedNames(parsed) }
}

function factsOfModule(file: string, text: string): ModuleFacts | null {
  const found = known.get(file)
  if (found?.text === text) return found.facts
  const parsed = parseCode(text, file)
  const facts = parsed && factsOf(parsed)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(file, { text, facts })
  return facts
}

/**
 * A module and the modules of the project that it imports, directly or through others; breadth first, so nearest first.
 */
function* modulesFrom(module: ModuleFacts, fileName: string, read: ReadText): Generator<ModuleFacts> {
  const seen = new Set([fileName])
  const pending = [{ facts: module, fileName }]
  let length = 0
  for (let next = pending.shift(); next; next = pending.shift()) {
    yield next.facts
    for (const name of next.facts.names) {
      const found = seen.size < MAX_FILES ? readLocalImport(name, next.fileName, read) : null
      if (!found || seen.has(found.file)) continue
      seen.add(found.file)
      length += found.text.length
      if (length > MAX_TOTAL_LENGTH) return
      const facts = factsOfModule(found.file, found.text)
      if (facts) pending.push({ facts, fileName: found.file })
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

import type { Node } from '@babel/types'
import { importedNames, readLocal, type ReadText } from './localImports.ts'
import { parseCode, type Call, type ParsedCode } from './parse.ts'

/** Methods that change weights, of models, optimisers and `tf` itself. */
const TRAINING_CALLS = new Set(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'variableGrads', 'applyGradients'])

const TFJS = /^@tensorflow\/tfjs(?:$|[-/])/
const MENTIONS_TRAINING = new RegExp(`\\b(?:${[...TRAINING_CALLS].join('|')})\\b`)
/** What a script is about that leaves the training to a module of its own. */
const SPEAKS_OF_TRAINING = /@tensorflow\/tfjs|\btrain|Train/
/** Of a large project only what is imported nearest is looked at. */
const MOST_FILES = 40
/** Calls that a test runner understands, and Node alone does not. */
const OF_TESTS = new Set(['describe', 'it', 'suite', 'test'])

/**
 * Whether a file trains a model: it calls something that changes weights, or starts something while a module of the
 * project that it imports does; and TensorFlow.js is imported by it or by such modules. Mentions in comments, strings and
 * types do not count.
 * @param read reads the modules it imports; without it only the file itself is looked at
 * @returns null when the text mentions training but cannot be parsed: keep to what was known of it.
 */
export function trains(text: string, fileName: string, read: ReadText = () => null): boolean | null {
  // Most files end here, without the cost of a syntax tree.
  if (!MENTIONS_TRAINING.test(text) && !SPEAKS_OF_TRAINING.test(text)) return false
  const parsed = parseCode(text, fileName)
  if (!parsed) return null
  let training = parsed.calls.some(isTrainingCall)
  if (!training && !startsSomething(parsed)) return false
  let tfjs = false
  for (const { calls, names } of modulesFrom(parsed, fileName, read)) {
    training ||= calls.some(isTrainingCall)
    tfjs ||= names.some((name) => TFJS.test(name))
    if (training && tfjs) return true
  }
  return false
}

/** A module and those of the project that it imports, itself or through others, nearest first. */
function* modulesFrom(module: ParsedCode, fileName: string, read: ReadText) {
  const seen = new Set([fileName])
  const pending = [{ parsed: module, fileName }]
  for (let next = pending.shift(); next; next = pending.shift()) {
    const names = importedNames(next.parsed)
    yield { calls: next.parsed.calls, names }
    for (const name of names) {
      const found = seen.size < MOST_FILES ? readLocal(name, next.fileName, read) : null
      if (!found || seen.has(found.file)) continue
      seen.add(found.file)
      const parsed = parseCode(found.text, found.file)
      if (parsed) pending.push({ parsed, fileName: found.file })
    }
  }
}

/** Whether a file does something when it is run, rather than offer it to others: `main()`, perhaps behind a condition. */
function startsSomething({ statements }: ParsedCode): boolean {
  return statements.some((statement) => {
    if (statement.type === 'ExpressionStatement') return isStart(statement.expression)
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.some(({ init }) => init?.type === 'AwaitExpression' && isStart(init))
    return statement.type === 'IfStatement' || statement.type === 'TryStatement'
  })
}

function isStart(node: Node): boolean {
  if (node.type === 'AwaitExpression' || node.type === 'UnaryExpression') return isStart(node.argument)
  if (node.type === 'ParenthesizedExpression') return isStart(node.expression)
  if (node.type !== 'CallExpression') return false
  return node.callee.type !== 'Identifier' || !OF_TESTS.has(node.callee.name)
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

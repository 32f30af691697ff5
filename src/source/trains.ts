import type { Node, Statement } from '@babel/types'
import { parseCode, type Call, type ParsedCode } from './parse.ts'

/** Methods that change weights, of models, optimisers and `tf` itself. */
const TRAINING_CALLS = new Set(['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'variableGrads', 'applyGradients'])

const MENTIONS_TFJS = /@tensorflow\/tfjs/
const MENTIONS_TRAINING = new RegExp(`\\b(?:${[...TRAINING_CALLS].join('|')})\\b`)

/**
 * Whether a file trains a model: it imports or requires a TensorFlow.js package and calls something that changes
 * weights. Mentions in comments, strings and types do not count.
 * @returns null when the text mentions both but cannot be parsed: keep to what was known of it.
 */
export function trains(text: string, fileName: string): boolean | null {
  // Most files end here, without the cost of a syntax tree.
  if (!MENTIONS_TFJS.test(text) || !MENTIONS_TRAINING.test(text)) return false
  const parsed = parseCode(text, fileName)
  return parsed && importsTfjs(parsed) && parsed.calls.some(isTrainingCall)
}

function importsTfjs({ statements, calls }: ParsedCode): boolean {
  return statements.some(isTfjsImport) || calls.some(isTfjsRequire)
}

function isTfjsImport(statement: Statement): boolean {
  if (statement.type === 'ImportDeclaration') {
    return statement.importKind !== 'type' && isTfjs(statement.source)
  }
  return (
    statement.type === 'TSImportEqualsDeclaration' &&
    statement.importKind !== 'type' &&
    statement.moduleReference.type === 'TSExternalModuleReference' &&
    isTfjs(statement.moduleReference.expression)
  )
}

function isTfjsRequire(call: Call): boolean {
  const { callee } = call
  const requires = callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require')
  return requires && isTfjs(call.arguments[0])
}

function isTfjs(source: Node | undefined): boolean {
  if (source?.type !== 'StringLiteral') return false
  return /^@tensorflow\/tfjs(?:$|[-/])/.test(source.value)
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

import path from 'node:path'
import type { Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, dotted } from '../program/syntax.ts'
import { origin, type Origin, type Way, type Tracer } from './origin.ts'

/** Functions that read a file, by the last part of their names: of Node, and of `fs-extra` and the like. */
const READING = /^(?:.*\.)?(?:readFileSync|readFile|readJSONSync|readJsonSync|readJSON|readJson)$/

/** The file that a call reads, where it is JSON that the program's text names. @returns null for any other call. */
export function traceFile(tracer: Tracer, name: string, node: Call, way: Way): Origin[] | null {
  if (!READING.test(name)) return null
  const named = node.arguments[0] && fileNameIn(node.arguments[0])
  const { file: importer } = tracer.program.ownerOf(node)
  for (const folder of [path.dirname(importer), tracer.program.cwd]) {
    if (!named || folder === null || !/\.json[c5]?$/i.test(named)) continue
    const module = tracer.program.module(path.resolve(folder, named))
    if (module) return [origin('file', module.root, way)]
  }
  return [origin('unknown', node, way)]
}

/** The path in `'config.json'`, `path.join(__dirname, 'config.json')`, `new URL('config.json', import.meta.url)` … */
function fileNameIn(from: Node): string | null {
  const node = bare(from)
  switch (node.type) {
    case 'StringLiteral':
      return node.value
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked ?? '').join('.')
    case 'BinaryExpression':
      return joined([node.left, node.right])
    case 'CallExpression':
      if (!/(?:^|\.)(?:join|resolve|fileURLToPath)$/.test(dotted(node.callee))) return null
      return joined(node.arguments)
    case 'NewExpression':
      return node.arguments[0] ? fileNameIn(node.arguments[0]) : null
    case 'Identifier':
      return node.name === '__dirname' ? '.' : null
    case 'MemberExpression':
      return dotted(node) === '' ? '.' : null
    default:
      return null
  }
}

function joined(parts: readonly Node[]): string | null {
  const names = parts.map(fileNameIn)
  return names.includes(null) ? null : names.join('/')
}

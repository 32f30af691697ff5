import path from 'node:path'
import type { Node } from '@babel/types'
import type { Call } from '../../../parse.ts'
import { bare, dotted } from '../../program/syntax.ts'
import { origin, type Origin, type Way, type Tracer } from '../origin.ts'

/** Functions that read a file, by the last part of their names: of Node, and of `fs-extra` and the like. */
const READING = /^(?:.*\.)?(?:readFileSync|readFile|readJSONSync|readJsonSync|readJSON|readJson)$/

/** Constants that the name of a file may be written in, one behind another. */
const MAX_DEPTH = 10

/** The file that a call reads, where it is JSON that the program's text names. @returns null for any other call. */
export function traceFile(tracer: Tracer, name: string, node: Call, way: Way): Origin[] | null {
  if (!READING.test(name)) return null
  const named = node.arguments[0] && fileNameIn(tracer, node.arguments[0])
  const { file: importer } = tracer.program.ownerOf(node)
  for (const folder of [path.dirname(importer), tracer.program.cwd]) {
    if (!named || folder === null || !/\.json[c5]?$/i.test(named)) continue
    const module = tracer.program.module(path.resolve(folder, named))
    if (module) return [origin('file', module.root, way)]
  }
  return [origin('unknown', node, way)]
}

/** The path in `'config.json'`, `path.join(__dirname, 'config.json')`, `new URL('config.json', import.meta.url)` … */
function fileNameIn(tracer: Tracer, from: Node, depth = 0): string | null {
  if (depth > MAX_DEPTH) return null
  const node = bare(from)
  switch (node.type) {
    case 'StringLiteral':
      return node.value
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked ?? '').join('.')
    case 'BinaryExpression':
      return joined([node.left, node.right])
    case 'CallExpression':
      return ofCall(dotted(node.callee), node.arguments)
    case 'NewExpression':
      return node.arguments[0] ? within(node.arguments[0]) : null
    case 'Identifier': {
      const named = tracer.program.declaredAs(node)
      return named ? within(named) : node.name === '__dirname' ? '.' : null
    }
    case 'MemberExpression':
      return dotted(node) === '' ? '.' : null
    default:
      return null
  }

  function within(part: Node): string | null {
    return fileNameIn(tracer, part, depth + 1)
  }

  function joined(parts: readonly Node[]): string | null {
    const names = parts.map(within)
    return names.includes(null) ? null : names.join('/')
  }

  function ofCall(name: string, parts: readonly Node[]): string | null {
    if (/(?:^|\.)(?:join|resolve|fileURLToPath)$/.test(name)) return joined(parts)
    const whole = /(?:^|\.)dirname$/.test(name) ? joined(parts) : null
    return whole === null ? null : path.dirname(whole)
  }
}

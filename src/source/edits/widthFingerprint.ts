import type { Node } from '@babel/types'
import type { ReadText } from '../localImports.ts'
import { normalise } from '../normalise.ts'
import { Program } from './program/program.ts'
import { childrenOf } from './program/syntax.ts'
import { constructionCall, originsAt, pathOf, type Site } from './site.ts'
import type { Origin } from './values/origin.ts'
import { ValueTracer } from './values/tracer.ts'

/** A layer's site with the property that sets its width. */
export interface FingerprintedWidth extends Site {
  property: string
}

/**
 * Says what the source gives to widths, so that a person can be told once it gives something else: the number, the
 * constant, configuration or file behind it, and the numbers that an expression is computed from.
 * @param widths with the sites that they have in the texts that `read` returns
 * @param script the run's script, as far as it is known
 * @param cwd the run's working folder, as far as it is known
 * @returns for each width a text that is equal at two times if nothing behind it has changed; null where no construction
 *   is at the site.
 */
export function widthFingerprints(
  widths: readonly FingerprintedWidth[],
  read: ReadText,
  script: string | null = null,
  cwd: string | null = null,
): (string | null)[] {
  const files = [...(script === null ? [] : [script]), ...widths.map(({ file }) => file)]
  const program = new Program([...new Set(files)], read, cwd)
  const tracer = new ValueTracer(program)
  const known = new Map<string, string | null>()
  return widths.map((width) => {
    const key = JSON.stringify(width)
    let text = known.get(key)
    if (text === undefined) {
      const call = constructionCall(program, width)
      text =
        call &&
        originsAt(tracer, call, pathOf(width.property))
          .map((each) => describe(tracer, each))
          .join('; ')
      known.set(key, text)
    }
    return text
  })
}

function describe(tracer: ValueTracer, { kind, node, value }: Origin): string {
  if (kind === 'literal') return String(value)
  if (kind === 'absent' || kind === 'outside') return kind
  const { file, text, shift } = tracer.program.ownerOf(node)
  const code = normalise(text.slice((node.start ?? 0) + shift, (node.end ?? 0) + shift))
  const parts = kind === 'computed' ? numbersWithin(tracer, node) : []
  return [code, ...parts, ...(kind === 'unknown' ? [file] : [])].join(' ')
}

/** The numbers that the names in an expression stand for. */
function numbersWithin(tracer: ValueTracer, root: Node): string[] {
  const found: string[] = []
  const pending = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const isName = node.type === 'Identifier' || node.type === 'MemberExpression'
    if (!isName) pending.push(...childrenOf(node))
    else for (const each of tracer.start(node)) if (each.kind === 'literal') found.push(String(each.value))
  }
  return found
}

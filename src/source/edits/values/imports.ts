import type {
  ImportDeclaration,
  ImportDefaultSpecifier,
  ImportNamespaceSpecifier,
  ImportSpecifier,
  Node,
  TSImportEqualsDeclaration,
} from '@babel/types'
import { exportsOf, wholeExports } from '../program/exports.ts'
import type { Module } from '../program/module.ts'
import { isIdentifier } from '../program/syntax.ts'
import { origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'

/** What an import names, in the module that it names. */
export function traceImport(
  tracer: Tracer,
  node: ImportSpecifier | ImportDefaultSpecifier | ImportNamespaceSpecifier | TSImportEqualsDeclaration,
  path: Path,
  way: Way,
): Origin[] {
  if (node.type === 'TSImportEqualsDeclaration') {
    const { moduleReference: reference } = node
    const name = reference.type === 'TSExternalModuleReference' ? reference.expression.value : ''
    return traceModule(tracer, name, node, path, way)
  }
  const { source } = tracer.program.parentOf(node) as ImportDeclaration
  if (node.type === 'ImportNamespaceSpecifier') return traceModule(tracer, source.value, node, path, way)
  const name =
    node.type === 'ImportDefaultSpecifier'
      ? 'default'
      : node.imported.type === 'Identifier'
        ? node.imported.name
        : node.imported.value
  return traceModule(tracer, source.value, node, [name, ...path], way)
}

/** A path within the object that stands for a module: what `require` and `import()` give, and `* as`. */
export function traceModule(tracer: Tracer, name: string, importer: Node, path: Path, way: Way): Origin[] {
  const module = tracer.program.imported(name, tracer.program.ownerOf(importer))
  return module ? traceExports(tracer, module, importer, path, way) : [origin('unknown', importer, way)]
}

function traceExports(tracer: Tracer, module: Module, importer: Node, path: Path, way: Way): Origin[] {
  const [name, ...rest] = path
  if (name === undefined) return wholeExports(module).flatMap((node) => traceExported(tracer, node, path, way))
  const found = exportsOf(module, name, tracer.program)
  // The default of a CommonJS module has its properties as the module itself has.
  const origins = found.flatMap(({ node, isProperty }) => traceExported(tracer, node, isProperty ? path : rest, way))
  return origins.length > 0 ? origins : [origin('unknown', importer, way)]
}

/** An exported expression, or a name that the exporting module declares. */
function traceExported(tracer: Tracer, node: Node, path: Path, way: Way): Origin[] {
  const binding = isIdentifier(node) ? tracer.program.bindingOf(node) : null
  if (!binding?.written.includes(node as never)) return tracer.trace(node, path, way)
  return tracer.traceBinding(binding, path, way)
}

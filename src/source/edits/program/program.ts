import type { Class, Node } from '@babel/types'
import { importedNames, readLocalImport, type ReadText } from '../../localImports.ts'
import type { Call } from '../../parse.ts'
import { moduleOf, type Module } from './module.ts'
import type { Binding } from './scopes.ts'
import { bare } from './syntax.ts'

/** Files of one program that are read at most. A large project's further modules are then not searched for uses. */
const MAX_MODULES = 400

/** The modules of a user's program: its script, the files that construct layers, and what they import. */
export class Program {
  readonly #read: ReadText
  readonly #modules = new Map<string, Module | null>()
  readonly #owners = new Map<Node, Module>()
  #classes: Class[] | null = null
  /** Folders that relative paths of files may mean: the working folder of the run. */
  readonly cwd: string | null

  /** @param files absolute paths; what they import is read as well */
  constructor(files: readonly string[], read: ReadText, cwd: string | null) {
    this.#read = read
    this.cwd = cwd
    const pending = [...files]
    for (let file = pending.shift(); file !== undefined; file = pending.shift()) {
      if (this.#modules.has(file) || this.#modules.size >= MAX_MODULES) continue
      const module = this.module(file)
      if (!module?.parsed) continue
      for (const name of importedNames(module.parsed)) {
        const found = readLocalImport(name, file, read)
        if (found) pending.push(found.file)
      }
    }
  }

  /** A module of the program, or a further file that it reads; null where it is not there or does not parse. */
  module(file: string): Module | null {
    const known = this.#modules.get(file)
    if (known !== undefined) return known
    const text = this.#read(file)
    const module = text === null ? null : moduleOf(file, text)
    this.#modules.set(file, module)
    if (module) this.#owners.set(module.root, module)
    return module
  }

  get modules(): Module[] {
    return [...this.#modules.values()].filter((module) => module !== null)
  }

  get calls(): Call[] {
    return this.modules.flatMap(({ calls }) => calls)
  }

  /** All classes, in the order of the modules and their texts. */
  get classes(): Class[] {
    this.#classes ??= this.modules.flatMap(({ parents }) => [...parents.keys()].filter(isClass))
    return this.#classes
  }

  /** The module that a relative import names; null for a package. */
  imported(name: string, importer: Module): Module | null {
    const found = readLocalImport(name, importer.file, this.#read)
    return found && this.module(found.file)
  }

  /** The module that a node is in. */
  ownerOf(node: Node): Module {
    for (const module of this.#owners.values()) if (module.root === node || module.parents.has(node)) return module
    throw new Error('A node of no module of the program.')
  }

  parentOf(node: Node): Node | null {
    return this.ownerOf(node).parents.get(node) ?? null
  }

  /** What an identifier stands for; null for a global. */
  bindingOf(node: Node): Binding | null {
    return this.ownerOf(node).bindings.get(node) ?? null
  }

  /** The expression that a name is declared with; null where the name is assigned elsewhere as well, and for a pattern. */
  declaredAs(name: Node): Node | null {
    const written = this.bindingOf(name)?.written ?? []
    const parent = written.length === 1 ? this.parentOf(written[0]!) : null
    return parent?.type === 'VariableDeclarator' && parent.id === written[0] && parent.init ? bare(parent.init) : null
  }
}

function isClass(node: Node): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

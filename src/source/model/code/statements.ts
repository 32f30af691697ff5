import type { ForStatement, ForOfStatement, Node, Statement, SwitchStatement } from '@babel/types'
import type { Machine } from './machine.ts'
import { bind } from './patterns.ts'
import { binary, isTruthy } from '../values/truth.ts'
import { ClassValue, FunctionValue, ListValue, Scope, UNKNOWN, type Value } from '../values/values.ts'

/** How a statement ends where the next one is not run. */
export type Completion = { type: 'return' | 'throw' | 'break' | 'continue'; value: Value } | null

/** A call of a function, or the run of a module, whose statements are followed. */
export interface Run {
  readonly machine: Machine
  /** What has been made since is sure to belong to this run alone. */
  readonly start: number
  /** Whether it may have ended with a return already. */
  mayHaveReturned: boolean
}

/** If the run may have ended already, the rest of it is sure to change only what the run itself has made. */
function raiseFloor({ machine, start, mayHaveReturned }: Run): void {
  if (mayHaveReturned) machine.floor = Math.max(machine.floor, start)
}

/** Declares the functions of a block before it runs. */
export function hoist(machine: Machine, statements: readonly Statement[], scope: Scope): void {
  for (const statement of statements) {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
    const code = isExport ? statement.declaration : statement
    if (code?.type === 'FunctionDeclaration' && code.id && !scope.declares(code.id.name))
      scope.declare(code.id.name, machine.made(new FunctionValue(code, scope, undefined)))
  }
}

/** Runs statements until one of them ends the block. */
export function runAll(run: Run, statements: readonly Statement[], scope: Scope): Completion {
  hoist(run.machine, statements, scope)
  for (const statement of statements) {
    const end = execute(run, statement, scope)
    if (end) return end
  }
  return null
}

function block(run: Run, node: Statement, scope: Scope): Completion {
  const inner = new Scope(run.machine.born(), scope.file, scope)
  return node.type === 'BlockStatement' ? runAll(run, node.body, inner) : execute(run, node, inner)
}

function execute(run: Run, node: Statement, scope: Scope): Completion {
  const { machine } = run
  machine.step()
  switch (node.type) {
    case 'ExpressionStatement':
      machine.evaluate(node.expression, scope)
      return null
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations)
        bind(machine, id, init ? machine.evaluate(init, scope) : undefined, scope, true)
      return null
    case 'ClassDeclaration':
      if (node.id) scope.declare(node.id.name, machine.made(new ClassValue(node, scope)))
      return null
    case 'BlockStatement':
      return block(run, node, scope)
    case 'LabeledStatement':
      return execute(run, node.body, scope)
    case 'ReturnStatement':
      return { type: 'return', value: node.argument ? machine.evaluate(node.argument, scope) : undefined }
    case 'ThrowStatement':
      return { type: 'throw', value: UNKNOWN }
    case 'BreakStatement':
    case 'ContinueStatement':
      return { type: node.type === 'BreakStatement' ? 'break' : 'continue', value: undefined }
    case 'IfStatement':
      return branch(run, isTruthy(machine.evaluate(node.test, scope)), node.consequent, node.alternate ?? null, scope)
    case 'SwitchStatement':
      return choose(run, node, scope)
    case 'TryStatement': {
      const end = block(run, node.block, scope)
      const caught = end?.type === 'throw' && node.handler ? block(run, node.handler.body, scope) : end
      return (node.finalizer && block(run, node.finalizer, scope)) ?? caught
    }
    case 'ForStatement':
      return forLoop(run, node, scope)
    case 'ForOfStatement':
      return forOf(run, node, scope)
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      machine.repeatedly(() => void uncertain(run, node.body, scope))
      return null
    default:
      return null
  }
}

/** Runs a statement of which it is uncertain whether it runs. */
function uncertain(run: Run, node: Statement, scope: Scope): Completion {
  const end = run.machine.uncertainly(() => block(run, node, scope))
  if (end?.type === 'return') run.mayHaveReturned = true
  if (end?.type === 'break' || end?.type === 'continue') run.machine.mayJump = true
  raiseFloor(run)
  return end
}

function branch(run: Run, holds: boolean | null, yes: Statement, no: Statement | null, scope: Scope): Completion {
  if (holds !== null) {
    const taken = holds ? yes : no
    return taken && block(run, taken, scope)
  }
  const [first, second] = [uncertain(run, yes, scope), no && uncertain(run, no, scope)]
  // Nothing behind it runs if neither branch goes on.
  return first && second ? { type: first.type === second.type ? first.type : 'return', value: UNKNOWN } : null
}

function choose(run: Run, { discriminant, cases }: SwitchStatement, scope: Scope): Completion {
  const { machine } = run
  const value = machine.evaluate(discriminant, scope)
  const inner = new Scope(machine.born(), scope.file, scope)
  const matches = cases.map(({ test }) => (test ? binary('===', value, machine.evaluate(test, inner)) : false))
  if (matches.includes(UNKNOWN)) {
    for (const { consequent } of cases) {
      const end = machine.uncertainly(() => runAll(run, consequent, inner))
      if (end?.type === 'return') run.mayHaveReturned = true
    }
    raiseFloor(run)
    return null
  }
  const found = matches.indexOf(true)
  const from = found >= 0 ? found : cases.findIndex(({ test }) => !test)
  if (from < 0) return null
  const end = runAll(
    run,
    cases.slice(from).flatMap(({ consequent }) => consequent),
    inner,
  )
  return end?.type === 'break' ? null : end
}

/** Runs a loop's body while `next` tells that there is another turn; null where that is not known. */
function loop(run: Run, next: () => boolean | null, body: () => Completion): Completion {
  const { machine } = run
  const anyTimes = (): null => {
    machine.repeatedly(() => {
      if (body()?.type === 'return') run.mayHaveReturned = true
    })
    return null
  }
  const { floor, mayJump } = machine
  const start = machine.born()
  const turns = (): Completion => {
    machine.mayJump = false
    for (;;) {
      const more = next()
      if (more === null) return anyTimes()
      if (!more) return null
      const end = body()
      if (end && end.type !== 'continue') return end.type === 'break' ? null : end
      // Whether there are further turns is uncertain from here on.
      if (machine.mayJump) machine.floor = Math.max(machine.floor, start)
    }
  }
  try {
    return machine.bounded(turns, anyTimes)
  } finally {
    machine.floor = floor
    machine.mayJump = mayJump
    raiseFloor(run)
  }
}

function forLoop(run: Run, { init, test, update, body }: ForStatement, outside: Scope): Completion {
  const { machine } = run
  const scope = new Scope(machine.born(), outside.file, outside)
  if (init?.type === 'VariableDeclaration') execute(run, init, scope)
  else if (init) machine.evaluate(init, scope)
  let first = true
  const next = (): boolean | null => {
    if (!first && update) machine.evaluate(update, scope)
    first = false
    return test ? isTruthy(machine.evaluate(test, scope)) : null
  }
  return loop(run, next, () => block(run, body, scope))
}

function forOf(run: Run, { left, right, body }: ForOfStatement, outside: Scope): Completion {
  const { machine } = run
  const list = machine.evaluate(right, outside)
  const turn = (value: Value): Completion => {
    const scope = new Scope(machine.born(), outside.file, outside)
    const target: Node | undefined = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left
    if (target) bind(machine, target, value, scope, left.type === 'VariableDeclaration')
    return block(run, body, scope)
  }
  if (!(list instanceof ListValue) || !list.known) {
    return loop(
      run,
      () => null,
      () => turn(UNKNOWN),
    )
  }
  let at = -1
  return loop(
    run,
    () => ++at < list.items.length,
    () => turn(list.items[at]),
  )
}

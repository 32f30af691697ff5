import * as vscode from 'vscode'
import { COMMANDS } from './names.ts'

type CommandName = keyof typeof COMMANDS

/** Called with the arguments that the menu, lens or key passes to the command. */
type Handler = Parameters<typeof vscode.commands.registerCommand>[1]

/** Registers a handler for every command that package.json contributes. */
export function registerCommands(handlers: Record<CommandName, Handler>): vscode.Disposable {
  const names = Object.keys(COMMANDS) as CommandName[]
  return vscode.Disposable.from(...names.map((name) => vscode.commands.registerCommand(COMMANDS[name], handlers[name])))
}

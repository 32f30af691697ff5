import * as vscode from 'vscode'
import { COMMANDS, STATUS_ITEMS } from '../names.ts'

/** Shows in the status bar that auto attach is on. A click switches it off. */
export class AutoAttachStatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem(STATUS_ITEMS.autoAttach, vscode.StatusBarAlignment.Right, 0)

  constructor() {
    this.#item.name = 'Saturation Auto Attach'
    this.#item.text = '$(plug) Saturation: Auto Attach'
    this.#item.tooltip =
      'Trainings that are started in a terminal appear in the Saturation panel. Click to switch it off.'
    this.#item.command = COMMANDS.turnOffAutoAttach
  }

  /** Shows the item while auto attach is on, hides it otherwise. */
  update(on: boolean): void {
    if (on) this.#item.show()
    else this.#item.hide()
  }

  dispose(): void {
    this.#item.dispose()
  }
}

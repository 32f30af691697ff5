import * as vscode from 'vscode'

/** Says in the status bar that auto attach is on; a click switches it off. */
export class AutoAttachItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('saturation.autoAttach', vscode.StatusBarAlignment.Right, 0)

  constructor() {
    this.#item.name = 'Saturation Auto Attach'
    this.#item.text = '$(plug) Saturation: Auto Attach'
    this.#item.tooltip =
      'Trainings that are started in a terminal appear in the Saturation panel. Click to switch it off.'
    this.#item.command = 'saturation.turnOffAutoAttach'
  }

  show(on: boolean): void {
    if (on) this.#item.show()
    else this.#item.hide()
  }

  dispose(): void {
    this.#item.dispose()
  }
}

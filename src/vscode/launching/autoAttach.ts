import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import type { Join, RunOptions } from '../../protocol/handshake.ts'
import { terminalEnvironment } from '../../runner/launch/terminalEnvironment.ts'
import type { Runs } from '../../runner/runs.ts'
import { Reception } from '../../runner/transport/reception.ts'
import { autoAttachEnabled, onDidChangeSettings, runSettings, setAutoAttach } from '../settings.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { AutoAttachStatusItem } from './autoAttachStatusItem.ts'
import { provideDebugSessionEnvironment } from './debugSessionEnvironment.ts'
import { foreignText } from '../foreignText.ts'

/** Absolute paths of the folders that the extension uses. */
export interface ExtensionFolders {
  /** Holds the bundles. */
  dist: string
  /** Storage of this workspace. */
  storage: string
  /** Storage for all workspaces, which stays when the extension is updated. */
  globalStorage: string
}

/**
 * Auto attach: while the setting is on and the workspace is trusted, every training that starts in a terminal becomes a
 * run. VS Code gives new terminals environment variables that make Node look for an invitation file, and the file
 * exists while this window listens. Switching auto attach off removes the file, which also takes effect in open
 * terminals.
 */
export class AutoAttach implements vscode.Disposable {
  readonly #runs: Runs
  readonly #variables: vscode.EnvironmentVariableCollection
  readonly #folders: ExtensionFolders
  readonly #onDidJoin: () => void
  readonly #statusItem = new AutoAttachStatusItem()
  readonly #subscriptions: vscode.Disposable[]
  #reception: Reception | null = null
  /** Environment variables for terminals; null while auto attach is off. */
  #environment: Record<string, string> | null = null
  #lastUpdate: Promise<void> = Promise.resolve()

  /** @param onDidJoin called when a process has become a run */
  constructor(
    runs: Runs,
    variables: vscode.EnvironmentVariableCollection,
    folders: ExtensionFolders,
    onDidJoin: () => void,
  ) {
    this.#runs = runs
    this.#variables = variables
    this.#folders = folders
    this.#onDidJoin = onDidJoin
    this.#subscriptions = [
      this.#statusItem,
      provideDebugSessionEnvironment(() => this.#environment, folders.dist),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()),
      onDidChangeSettings(() => this.update()),
    ]
  }

  /** Switches auto attach on or off as the setting says. A failure is shown to the user. */
  update(): void {
    // One update after the other: the user may click a second time while the socket is being opened.
    this.#lastUpdate = this.#lastUpdate
      .then(() => this.#applySetting())
      .catch(
        (error: Error) =>
          void vscode.window.showErrorMessage(`Auto attach cannot be switched: ${foreignText(error.message)}`),
      )
  }

  /** Changes the setting. @param on by default the opposite of its value */
  async set(on = !autoAttachEnabled()): Promise<void> {
    if (await requireTrust()) await setAutoAttach(on)
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose()
    this.#reception?.close()
  }

  async #applySetting(): Promise<void> {
    const on = autoAttachEnabled() && vscode.workspace.isTrusted
    this.#statusItem.update(on)
    if (!on) {
      this.#reception?.close()
      this.#reception = null
      this.#environment = null
      this.#variables.clear()
      return
    }
    const { dist, storage, globalStorage } = this.#folders
    // Of this window alone: another window on the workspace has terminals of its own.
    const invitation = path.join(storage, 'terminal.json')
    if (!this.#reception) {
      const reception = new Reception(invitation, (join) => this.#admit(join))
      await reception.open()
      this.#reception = reception
    }
    this.#reception.invite(runOptions(), path.join(dist, 'preload.cjs'))
    this.#environment = terminalEnvironment(copyLoader(dist, globalStorage), invitation)
    this.#setTerminalVariables(this.#environment)
  }

  #setTerminalVariables(environment: Record<string, string>): void {
    const changed = Object.entries(environment).filter(([name, value]) => this.#variables.get(name)?.value !== value)
    if (changed.length === 0) return
    this.#variables.description = 'Trainings that are started here appear in the Saturation panel (auto attach).'
    for (const [name, value] of changed) {
      // Prepending keeps the options that are set already. A shell's profile may set NODE_OPTIONS anew; VS Code's shell
      // integration prepends ours again after the profile has run.
      const when = { applyAtProcessCreation: true, applyAtShellIntegration: true }
      if (name === 'NODE_OPTIONS') this.#variables.prepend(name, value, when)
      else this.#variables.replace(name, value)
    }
    if (vscode.window.terminals.length > 0) void offerNewTerminal()
  }

  async #admit(join: Join): ReturnType<Runs['admit']> {
    const joined = await this.#runs.admit(join)
    this.#onDidJoin()
    return joined
  }
}

/**
 * The options of the settings, but without an end for orphans: a process that the user started by hand outlives the
 * window.
 */
function runOptions(): RunOptions {
  return { ...runSettings().options, orphanAfter: null }
}

/** Copies the loader to where terminals find it after an update. @returns its path. @throws the file system's error. */
function copyLoader(dist: string, globalStorage: string): string {
  const loader = path.join(globalStorage, 'terminal.cjs')
  mkdirSync(globalStorage, { recursive: true })
  // Renaming replaces the file at once, so that a Node process that is just starting never reads half of it.
  copyFileSync(path.join(dist, 'terminal.cjs'), `${loader}.new`)
  renameSync(`${loader}.new`, loader)
  return loader
}

/** Tells the user that open terminals lack the variables, and offers a new terminal. */
async function offerNewTerminal(): Promise<void> {
  const open = 'New Terminal'
  const message =
    'Auto attach is on for new terminals. One that is open already has to be relaunched first: VS Code marks it with a warning sign.'
  if ((await vscode.window.showInformationMessage(message, open)) === open)
    await vscode.commands.executeCommand('workbench.action.terminal.new')
}

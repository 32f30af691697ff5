import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import type { Join } from '../../protocol/handshake.ts'
import { Reception } from '../../runner/transport/reception.ts'
import type { Runs } from '../../runner/runs.ts'
import { terminalEnvironment } from '../../runner/launch/terminalEnvironment.ts'
import { AutoAttachItem } from './autoAttachStatus.ts'
import { contributeToDebugSessions } from './debugConfigurations.ts'
import { mayRun } from '../workspaceTrust.ts'
import { runSettings } from '../settings.ts'

const SETTING = 'autoAttach'

/** Where things lie. */
export interface Places {
  /** Of the bundles. */
  dist: string
  /** Folder for this workspace. */
  storage: string
  /** Folder for all workspaces, which no update of the extension removes. */
  globalStorage: string
}

/**
 * Auto attach: while the setting is on and the workspace is trusted, whatever trains in a terminal becomes a run. VS Code
 * gives new terminals the environment that makes their nodes look for an invitation; the invitation lies there while this
 * window listens. Switching off takes it away, so that it is effective in terminals that are open, too.
 */
export class AutoAttach implements vscode.Disposable {
  readonly #runs: Runs
  readonly #variables: vscode.EnvironmentVariableCollection
  readonly #places: Places
  readonly #began: () => void
  readonly #item = new AutoAttachItem()
  readonly #subscriptions: vscode.Disposable[]
  #reception: Reception | null = null
  /** Of the terminals; null while it is off. */
  #environment: Record<string, string> | null = null
  #work: Promise<void> = Promise.resolve()

  /** @param began called when a process has become a run, to bring the panel to front. */
  constructor(runs: Runs, variables: vscode.EnvironmentVariableCollection, places: Places, began: () => void) {
    this.#runs = runs
    this.#variables = variables
    this.#places = places
    this.#began = began
    this.#subscriptions = [
      this.#item,
      contributeToDebugSessions(() => this.#environment, places.dist),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('saturation')) this.update()
      }),
    ]
  }

  /** Brings about what the setting says; a failure is told to the user. */
  update(): void {
    // One after the other: a second click may come while the socket is being opened.
    this.#work = this.#work
      .then(() => this.#apply())
      .catch((error: Error) => void vscode.window.showErrorMessage(`Auto attach cannot be switched: ${error.message}`))
  }

  /** Changes the setting, where it is set, else for the user. @param on the opposite of what is when left out */
  async set(on?: boolean): Promise<void> {
    if (!(await mayRun())) return
    const settings = vscode.workspace.getConfiguration('saturation')
    const { workspaceValue } = settings.inspect<boolean>(SETTING) ?? {}
    const target =
      workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace
    await settings.update(SETTING, on ?? !isOn(), target)
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose()
    this.#reception?.close()
  }

  async #apply(): Promise<void> {
    const on = isOn() && vscode.workspace.isTrusted
    this.#item.show(on)
    if (!on) {
      this.#reception?.close()
      this.#reception = null
      this.#environment = null
      this.#variables.clear()
      return
    }
    const { dist, storage, globalStorage } = this.#places
    const invitation = path.join(storage, 'terminal.json')
    if (!this.#reception) {
      const reception = new Reception(invitation, (join) => this.#admit(join))
      await reception.open()
      this.#reception = reception
    }
    this.#reception.invite(options(), path.join(dist, 'preload.cjs'))
    this.#environment = terminalEnvironment(provideLoader(dist, globalStorage), invitation)
    this.#contribute(this.#environment)
  }

  #contribute(environment: Record<string, string>): void {
    const changed = Object.entries(environment).filter(([name, value]) => this.#variables.get(name)?.value !== value)
    if (changed.length === 0) return
    this.#variables.description = 'Trainings that are started here appear in the Saturation panel (auto attach).'
    for (const [name, value] of changed) {
      // What is in NODE_OPTIONS stays there; a shell's profile that sets it anew comes before shell integration.
      const when = { applyAtProcessCreation: true, applyAtShellIntegration: true }
      if (name === 'NODE_OPTIONS') this.#variables.prepend(name, value, when)
      else this.#variables.replace(name, value)
    }
    if (vscode.window.terminals.length > 0) void tellOfOpenTerminals()
  }

  async #admit(join: Join): ReturnType<Runs['admit']> {
    const joined = await this.#runs.admit(join)
    this.#began()
    return joined
  }
}

function isOn(): boolean {
  return vscode.workspace.getConfiguration('saturation').get<boolean>(SETTING) === true
}

/** A process that a person started by hand is theirs to end, whatever becomes of the window. */
function options(): ReturnType<typeof runSettings>['options'] {
  return { ...runSettings().options, orphanAfter: null }
}

/** Copies the loader to where terminals can rely on it. @returns its path. @throws the file system's error. */
function provideLoader(dist: string, globalStorage: string): string {
  const loader = path.join(globalStorage, 'terminal.cjs')
  mkdirSync(globalStorage, { recursive: true })
  // A node may be starting right now.
  copyFileSync(path.join(dist, 'terminal.cjs'), `${loader}.new`)
  renameSync(`${loader}.new`, loader)
  return loader
}

async function tellOfOpenTerminals(): Promise<void> {
  const open = 'New Terminal'
  const message =
    'Auto attach is on for new terminals. One that is open already has to be relaunched first: VS Code marks it with a warning sign.'
  if ((await vscode.window.showInformationMessage(message, open)) === open)
    await vscode.commands.executeCommand('workbench.action.terminal.new')
}

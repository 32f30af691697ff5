import path from 'node:path'
import type { Join, Joined } from '../run/protocol.ts'
import { checkNode, describeLaunch, findScript, workingDirectory, type Launch, type RunRequest } from './launch.ts'
import { LaunchError } from './launchError.ts'
import { findPackageScript } from './packageScript.ts'
import { plugnplayArguments } from './plugnplay.ts'
import { createRun, pruneRuns, reopenRuns, type StoreOptions } from './store.ts'
import { typescriptArguments } from './typescript.ts'
import { keepVigil } from './vigil.ts'
import type { WatchedRun } from './watchedRun.ts'

export interface RunsOptions extends StoreOptions {
  /** Folder that keeps runs across sessions, e.g. the workspace's storage. */
  storage: string
  /** Absolute path of `dist/preload.cjs`. */
  preload: string
}

/** The runs of one window: at most one is current, the one that views show. */
export class Runs {
  readonly #options: RunsOptions
  readonly #listeners = new Set<() => void>()
  readonly #vigils: (() => void)[] = []
  #others: WatchedRun[] = []
  #current: WatchedRun | null = null
  #starting = false

  constructor(options: RunsOptions) {
    this.#options = options
  }

  /** The run that trains, or the one that trained last. */
  get current(): WatchedRun | null {
    return this.#current
  }

  /** Calls back when another run becomes current. @returns how to unsubscribe. */
  onDidChangeCurrent(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Prepares a run and makes it current. The caller executes the command and tells the run by `processEnded` how it
   * ended, also when it could not be executed at all.
   * @throws LaunchError when the script or node is missing, or another run is still training.
   * @throws the file system's or socket's error when nothing can be kept or listened on.
   */
  async start(request: RunRequest): Promise<Launch & { run: WatchedRun }> {
    if (this.#starting || (this.#current && this.#current.state.phase !== 'ended')) {
      throw new LaunchError('A run is still training. Stop it first.')
    }
    this.#starting = true
    try {
      const placed = { ...request, cwd: workingDirectory(request) }
      const packageScript = request.ofPackage ? { packageScript: request.script } : {}
      const found = { ...placed, ...packageScript, script: scriptOf(request) }
      const version = await checkNode(request.node)
      const nodeArgs = nodeArguments(found, version)
      const run = await createRun(this.#options.storage, found, this.#options)
      this.#show(run)
      pruneRuns(this.#options.storage)
      return { ...describeLaunch({ ...placed, nodeArgs }, run.record.invitation, this.#options.preload), run }
    } finally {
      this.#starting = false
    }
  }

  /**
   * Begins a run for a process that trains already, started by hand in a terminal, and makes it current: it is the one
   * that the person has just turned to. What trained before is kept to its end.
   * @throws the file system's or socket's error when nothing can be kept or listened on.
   */
  async admit({ pid, script, args, cwd }: Join, options: RunRequest['options']): Promise<Joined> {
    const request = { script: wholeName(script, cwd), args, cwd, options }
    const run = await createRun(this.#options.storage, request, this.#options, pid)
    this.#show(run)
    this.#vigils.push(keepVigil(run, { inTerminal: true }))
    pruneRuns(this.#options.storage)
    const { address, secret } = run.record.invitation
    return { address, secret }
  }

  /**
   * Takes over a run that an earlier session of this window left training. Of several the latest becomes current,
   * the others are kept to their end.
   */
  async reattach(): Promise<void> {
    const reopened = await reopenRuns(this.#options.storage, this.#options)
    const latest = reopened[0]
    for (const run of reopened) this.#vigils.push(keepVigil(run))
    this.#others = reopened.slice(1)
    if (latest && !this.#current) this.#show(latest)
    else if (latest) this.#others.push(latest)
  }

  /** Lets go of all runs: the training goes on and can be reattached. */
  dispose(): void {
    for (const end of this.#vigils) end()
    for (const run of this.#others) run.dispose()
    this.#current?.dispose()
    this.#listeners.clear()
  }

  #show(run: WatchedRun): void {
    const before = this.#current
    this.#current = run
    for (const listener of this.#listeners) listener()
    // A process that has said its last word may not be gone yet; its end is still to be noted.
    if (before && !before.record.ended) this.#others.push(before)
    else before?.dispose()
  }
}

/** Node leaves out the extension of a script where the person did. */
function wholeName(script: string, cwd: string): string {
  try {
    return findScript({ script, cwd })
  } catch {
    return script
  }
}

/** What the run's header and log name as its script. @throws LaunchError when there is no such script. */
function scriptOf(request: RunRequest): string {
  if (!request.ofPackage) return findScript(request)
  const { folder } = findPackageScript(request.script, workingDirectory(request))
  return path.join(folder, 'package.json')
}

/** @throws LaunchError when the script is of a language that this node does not run. */
function nodeArguments({ node = 'node', script, ofPackage, nodeArgs = [] }: RunRequest, version: string): string[] {
  // A runner in node's place (tsx, ts-node) knows what to do.
  const isNode = /^node(\.exe)?$/i.test(path.basename(node))
  const found = ofPackage || !isNode ? [] : [...plugnplayArguments(script), ...typescriptArguments(script, version)]
  return [...nodeArgs, ...found]
}

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test'
import type { Workbench as Server } from '../../../setup/workbench/workbench.mjs'
import type { RunEvent } from '../../../src/protocol/events.ts'
import { ROOT, type Site } from './site.ts'

/** VS Code in a page of the browser, as a person meets it. */
export class Workbench {
  readonly page: Page
  readonly site: Site
  readonly #server: Server
  /** Its settings and its state. */
  readonly userDataDir: string

  constructor(page: Page, server: Server, site: Site, userDataDir: string) {
    this.page = page
    this.site = site
    this.#server = server
    this.userDataDir = userDataDir
  }

  /** Opens the window and waits until it can be used. */
  async load(): Promise<void> {
    await this.page.goto(this.#server.openUrl)
    await this.#usable()
  }

  async #usable(): Promise<void> {
    await expect(this.page.locator('.part.statusbar')).toBeVisible()
    await expect(this.page.locator('.part.editor .monaco-editor').first()).toBeVisible()
  }

  /** Loads the window anew. */
  async reload(): Promise<void> {
    await this.page.reload()
    await this.#usable()
  }

  get port(): number {
    return this.#server.port
  }

  /** Ends the server, as closing VS Code does on a desktop. */
  close(): Promise<void> {
    return this.#server.stop()
  }

  /** Opens a file of the workspace and waits for its text. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P')
    const box = this.page.locator('.quick-input-widget input').first()
    await expect(box).toBeVisible()
    await box.fill(this.site.file(name))
    const entry = this.page.locator('.quick-input-list .monaco-list-row').first()
    await expect(entry).toContainText(name)
    await entry.click()
    await expect(this.page.locator('.tab.active')).toContainText(name)
    await expect(this.page.locator('.editor-instance .view-line').first()).toBeVisible()
  }

  /** Runs a command of the palette by its whole title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1')
    const box = this.page.locator('.quick-input-widget input').first()
    await expect(box).toHaveValue('>')
    await box.fill(`>${title}`)
    const entry = this.page.locator('.quick-input-list .monaco-list-row').first()
    await expect(entry).toContainText(title)
    await this.page.keyboard.press('Enter')
  }

  /** Entries of the list that a command has opened. */
  get choices(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row')
  }

  /** Lenses of the active editor whose text matches. */
  lens(text: string | RegExp): Locator {
    return this.page.locator('.part.editor .codelens-decoration a, .part.editor .codelens-decoration span', {
      hasText: text,
    })
  }

  /** Clicks the lens at the top of a file that trains, and waits until the run has begun. */
  async clickRunLens(): Promise<void> {
    const lens = this.lens('Run with Saturation')
    await expect(lens).toBeVisible()
    const before = this.lastRun()
    // A lens that is drawn anew between the press and the release of the button loses the click.
    await expect(async () => {
      // A run that has begun late has taken the lens away.
      if (this.begunSince(before) === 0) await lens.click({ timeout: 5000 })
      await expect.poll(() => this.begunSince(before), { timeout: 10_000 }).toBeGreaterThan(0)
    }).toPass()
  }

  /** Runs the file in the editor by the command of the palette, and waits until the run has begun. */
  async run(): Promise<void> {
    const before = this.lastRun()
    await this.command('Saturation: Run with Saturation')
    await expect.poll(() => this.begunSince(before)).toBeGreaterThan(0)
  }

  /** The side panel's page. */
  get panel(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame')
  }

  /** The row of a layer in the panel. */
  row(layer: string): Locator {
    return this.panel.locator('.layers').getByRole('button', { name: new RegExp(`^${layer}, `) })
  }

  get statusItem(): Locator {
    return this.page.locator('[id="saturation.saturation-inspector.saturation.status"]')
  }

  /** Rows of the active terminal. */
  get terminal(): Locator {
    // The second, if any, is what sticks to the top when scrolled.
    return this.page.locator('.terminal-wrapper.active .xterm-rows').first()
  }

  /** Line of the cursor, counted from 1, as the status bar says it. */
  get position(): Locator {
    return this.page.locator('[id="status.editor.selection"]')
  }

  get toast(): Locator {
    return this.page.locator('.notification-toast')
  }

  /** Waits until nothing trains. */
  async ended(words: RegExp | string): Promise<void> {
    // The whole example, on a machine that is busy with a browser.
    await expect(this.panel.locator('.phase')).toContainText(words, { timeout: 120_000 })
  }

  /** Number of training steps that the run has reported. */
  async steps(): Promise<number> {
    const words = await this.panel.locator('.phase').innerText()
    return Number(/step ([\d,]+)/.exec(words)?.[1]?.replaceAll(',', '') ?? 0)
  }

  /** Folders of all runs, the latest last: their names begin with the time. */
  runs(): string[] {
    const storage = path.join(this.userDataDir, 'User', 'workspaceStorage')
    if (!existsSync(storage)) return []
    return readdirSync(storage)
      .map((id) => path.join(storage, id, 'saturation.saturation-inspector', 'runs'))
      .filter(existsSync)
      .flatMap((runs) => readdirSync(runs).map((name) => path.join(runs, name)))
      .sort((a, b) => path.basename(a).localeCompare(path.basename(b)))
  }

  /** Name of the latest run's folder; empty before the first. */
  lastRun(): string {
    return path.basename(this.runs().at(-1) ?? '')
  }

  /** How many runs have begun since the one of this name. Their number says nothing: the oldest are thrown away. */
  begunSince(run: string): number {
    return this.runs().filter((folder) => path.basename(folder).localeCompare(run) > 0).length
  }

  /** The log of the latest run so far, its secret, and its process; null until that has connected. */
  latestRun(): { pid: number | null; events: RunEvent[]; secret: string } {
    const latest = this.runs().at(-1)
    if (!latest) throw new Error('No run was kept.')
    const record = JSON.parse(readFileSync(path.join(latest, 'run.json'), 'utf8')) as {
      pid: number
      log: string
      session: { secret: string }
    }
    const lines = readFileSync(record.log, 'utf8').split('\n').slice(0, -1)
    return {
      pid: record.pid,
      secret: record.session.secret,
      events: lines.map((line) => JSON.parse(line) as RunEvent),
    }
  }

  /** Keeps a picture among the artefacts. */
  async picture(name: string): Promise<void> {
    const folder = path.join(ROOT, 'artifacts', 'screenshots')
    mkdirSync(folder, { recursive: true })
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) })
  }
}
/** True while a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

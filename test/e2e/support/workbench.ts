import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test'
import type { Workbench as Server } from '../../../setup/workbench/workbench.mjs'
import type { RunEvent } from '../../../src/protocol/events.ts'
import { ROOT, type Site } from './site.ts'

/** Milliseconds that a window may take to open: the whole of VS Code is loaded. */
const WINDOW_TIMEOUT_MS = 180_000

/** VS Code in a browser page, operated as a user would. */
export class Workbench {
  readonly page: Page
  readonly site: Site
  readonly #server: Server
  /** Folder of the settings and the state. */
  readonly userDataDir: string

  constructor(page: Page, server: Server, site: Site, userDataDir: string) {
    this.page = page
    this.site = site
    this.#server = server
    this.userDataDir = userDataDir
  }

  /** Opens the window and waits until it is ready. */
  async load(): Promise<void> {
    await this.page.goto(this.#server.openUrl)
    await this.#waitUntilReady()
  }

  async #waitUntilReady(): Promise<void> {
    await expect(this.page.locator('.part.statusbar')).toBeVisible({ timeout: WINDOW_TIMEOUT_MS })
    await expect(this.page.locator('.part.editor .monaco-editor').first()).toBeVisible({ timeout: WINDOW_TIMEOUT_MS })
  }

  /** Opens the same folder in a window of its own, as a second tab of a browser without this one's memory does. */
  async openSecondWindow(): Promise<Workbench> {
    const browser = this.page.context().browser()
    if (!browser) throw new Error('The page has no browser.')
    const second = new Workbench(
      await browser.newPage({ viewport: this.page.viewportSize() }),
      this.#server,
      this.site,
      this.userDataDir,
    )
    await second.load()
    return second
  }

  /** Reloads the window and waits until it is ready. */
  async reload(): Promise<void> {
    await this.page.reload()
    await this.#waitUntilReady()
  }

  get port(): number {
    return this.#server.port
  }

  /** Ends the server, as closing VS Code does on a desktop, and closes the page, which would try to reconnect. */
  async close(): Promise<void> {
    await this.#server.stop()
    await this.page.close()
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
    await expect(this.page.locator('.editor-group-container.active .tab.active')).toContainText(name)
    await expect(this.page.locator('.editor-instance .view-line').first()).toBeVisible()
    await this.#untilEditorHasFocus()
  }

  /** Puts the cursor on a line of the active editor, counted from 1. */
  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G')
    const box = this.page.locator('.quick-input-widget input').first()
    await expect(box).toHaveValue(':')
    await box.fill(`:${line}`)
    await expect(this.choices.first()).toContainText(String(line))
    await this.page.keyboard.press('Enter')
    await this.#untilEditorHasFocus()
    await expect(this.position).toContainText(`Ln ${line},`)
  }

  /** Waits until the quick input has returned the focus to the editor. A key pressed earlier would not reach the text. */
  async #untilEditorHasFocus(): Promise<void> {
    await expect(this.page.locator('.quick-input-widget')).toBeHidden()
    await expect(this.page.locator('.part.editor .monaco-editor.focused')).toBeVisible()
  }

  /** Runs a command from the palette by its full title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1')
    const box = this.page.locator('.quick-input-widget input').first()
    await expect(box).toHaveValue('>')
    await box.fill(`>${title}`)
    const entry = this.page.locator('.quick-input-list .monaco-list-row').first()
    await expect(entry).toContainText(title)
    await this.page.keyboard.press('Enter')
  }

  /** Entries of the open quick pick list. */
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
    // A lens that is redrawn between pressing and releasing the mouse button loses the click.
    await expect(async () => {
      // If an earlier click has started the run meanwhile, the lens is gone.
      if (this.begunSince(before) === 0) await lens.click({ timeout: 5000 })
      await expect.poll(() => this.begunSince(before), { timeout: 10_000 }).toBeGreaterThan(0)
    }).toPass()
  }

  /** Runs the file in the editor by the command in the palette, and waits until the run has begun. */
  async run(): Promise<void> {
    const before = this.lastRun()
    await this.command('Saturation: Run with Saturation')
    await expect.poll(() => this.begunSince(before)).toBeGreaterThan(0)
  }

  /** Runs the file in the editor with arguments, by the command in the palette, and waits until the run has begun. */
  async runWithArguments(args: string): Promise<void> {
    const before = this.lastRun()
    await this.command('Saturation: Run with Saturation and Arguments…')
    await expect(this.page.locator('.quick-input-title')).toContainText('with Saturation')
    await this.page.locator('.quick-input-widget input').first().fill(args)
    await this.page.keyboard.press('Enter')
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
    // A second element, if there is one, is the sticky line at the top of a scrolled terminal.
    return this.page.locator('.terminal-wrapper.active .xterm-rows').first()
  }

  /** The status bar's text with the line of the cursor, counted from 1. */
  get position(): Locator {
    return this.page.locator('[id="status.editor.selection"]')
  }

  get toast(): Locator {
    return this.page.locator('.notification-toast')
  }

  /** Waits until the panel shows that the run has ended in this way, for example `Finished`. */
  async ended(words: RegExp | string): Promise<void> {
    // The whole example may have to finish first, on a machine that is busy with a browser.
    await expect(this.panel.locator('.phase')).toContainText(words, { timeout: 240_000 })
  }

  /** Number of training steps that the run has reported. */
  async steps(): Promise<number> {
    const words = await this.panel.locator('.phase').innerText()
    return Number(/step ([\d,]+)/.exec(words)?.[1]?.replaceAll(',', '') ?? 0)
  }

  /** Folders of all runs, the latest last. Their names begin with the time. */
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

  /**
   * How many runs have begun since the run with this name. Comparing the number of all runs would not work: the oldest
   * are deleted.
   */
  begunSince(run: string): number {
    return this.runs().filter((folder) => path.basename(folder).localeCompare(run) > 0).length
  }

  /**
   * The events of the latest run so far, its secret, and the pid of its process. The pid is null until the process has
   * connected.
   */
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

  /** Saves a screenshot in `artifacts/screenshots`. */
  async picture(name: string): Promise<void> {
    const folder = path.join(ROOT, 'artifacts', 'screenshots')
    mkdirSync(folder, { recursive: true })
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) })
  }
}

/** Tells whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { DEFAULT_THRESHOLDS } from '../../src/advice/verdictKind.ts'
import type { RunState } from '../../src/run/state.ts'
import type { FromPage, ToPage } from '../../src/presentation/panelMessages.ts'
import { panelHtml } from '../../src/vscode/panel/panelHtml.ts'
import { themes, type ThemeFixture } from './themes.ts'

const ORIGIN = 'http://panel.test'
const root = join(__dirname, '../..')

/** What the stub of VS Code's API records in the page. */
interface RecordedByStub {
  posted: FromPage[]
  violations: string[]
}

/**
 * The built page of the panel in a browser page, with the product's own HTML and content security policy, and a stub of
 * VS Code's API.
 */
export class PanelPage {
  readonly page: Page
  readonly errors: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()))
  }

  /** Loads the page with a theme. `saved` is the state that VS Code would restore after the panel was hidden. */
  async open(
    theme: keyof typeof themes = 'dark',
    size = { width: 320, height: 900 },
    saved: unknown = null,
  ): Promise<void> {
    await this.page.setViewportSize(size)
    const shell = panelHtml({
      cspSource: ORIGIN,
      nonce: 'n',
      script: `${ORIGIN}/webview.js`,
      style: `${ORIGIN}/webview.css`,
    })
    await this.page.route(`${ORIGIN}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1)
      if (name === '') return route.fulfill({ contentType: 'text/html', body: shell })
      if (name === 'favicon.ico') return route.fulfill({ status: 204 })
      const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript'
      return route.fulfill({ contentType, body: await readFile(join(root, 'dist', name), 'utf8') })
    })
    await this.page.addInitScript(stubVsCodeApi, saved)
    await this.page.goto(`${ORIGIN}/`)
    await this.applyTheme(theme)
  }

  /** Switches the theme as VS Code does: sets variables on the root element and a class on the body. */
  async applyTheme(theme: keyof typeof themes): Promise<void> {
    await this.page.evaluate(setThemeStyles, themes[theme])
  }

  /** Sends a message as the extension would. */
  async send(message: ToPage): Promise<void> {
    await this.page.evaluate(
      (data) => (globalThis as unknown as { postMessage(data: unknown): void }).postMessage(data),
      message as unknown,
    )
  }

  /** Sends a snapshot of the run with the default thresholds. */
  async show(run: RunState | null): Promise<void> {
    await this.send({ type: 'snapshot', run, thresholds: DEFAULT_THRESHOLDS })
  }

  /** The messages that the page has posted so far. */
  async posted(): Promise<FromPage[]> {
    return this.page.evaluate(() => (globalThis as unknown as RecordedByStub).posted)
  }

  /** Violations of the content security policy so far. */
  async violations(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as RecordedByStub).violations)
  }

  /** Saves a screenshot in `artifacts/screenshots`, after the page had time to redraw. */
  async picture(name: string): Promise<void> {
    await this.page.waitForTimeout(700)
    const folder = join(root, 'artifacts/screenshots')
    await mkdir(folder, { recursive: true })
    await this.page.screenshot({ path: join(folder, `panel-${name}.png`), fullPage: true })
  }
}

// The two functions below run in the page, so they must not use anything that is defined outside them.

/** Installs a stub of the API that VS Code gives to webviews. */
function stubVsCodeApi(saved: unknown): void {
  const world = globalThis as unknown as RecordedByStub & {
    acquireVsCodeApi: () => object
    document: { addEventListener(type: string, listener: (event: { violatedDirective: string }) => void): void }
  }
  let state = saved
  world.posted = []
  world.violations = []
  world.document.addEventListener('securitypolicyviolation', (event) => world.violations.push(event.violatedDirective))
  world.acquireVsCodeApi = () => ({
    postMessage: (message: FromPage) => world.posted.push(message),
    getState: () => state,
    setState: (next: unknown) => (state = next),
  })
}

/** Sets the styles of a theme. */
function setThemeStyles({ bodyClass, variables }: ThemeFixture): void {
  const { document } = globalThis as unknown as {
    document: {
      body: { className: string; style: Record<string, string> }
      documentElement: { style: { setProperty(name: string, value: string): void; cssText: string } }
    }
  }
  document.documentElement.style.cssText = ''
  for (const [name, value] of Object.entries(variables))
    document.documentElement.style.setProperty(`--vscode-${name}`, value)
  document.body.className = bodyClass
  document.body.style['backgroundColor'] = variables['sideBar-background'] ?? ''
}

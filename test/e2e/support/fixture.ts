import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { test as base, type Browser } from '@playwright/test'
import { ROOT, Site } from './site.ts'
import { Workbench } from './workbench.ts'

/** How a workbench differs from the default one. */
export interface Differences {
  trust?: boolean
  settings?: Record<string, unknown>
  /** Data folder of a closed workbench, to open it again. */
  userDataDir?: string
  /** Variables of the extension host's environment. */
  env?: Record<string, string>
  /** Needed to open a closed workbench again: VS Code identifies a workspace by the server's address, too. */
  port?: number
}

interface WorkerFixtures {
  /** Path of the packaged extension. */
  vsix: string
  site: Site
  /** Starts a new workbench on the site's workspace, with the packaged extension, and shows a file. */
  start: (file: string, differences?: Differences) => Promise<Workbench>
  /** The workbench that tests share. It opens with the example's train.js. */
  workbench: Workbench
}

/** Settings of the shared workbench. */
const SHARED_SETTINGS = {
  // The example's widest layer is not far below the usual threshold, and must not be flagged by luck.
  'saturation.underusedBelow': 40,
  // On a busy machine a reload can take longer than the half minute after which a training without a window ends.
  'saturation.keepTrainingWithoutEditor': true,
}

export const test = base.extend<{ evidence: void }, WorkerFixtures>({
  evidence: [
    async ({ browser }, use, info) => {
      await use()
      if (info.status === info.expectedStatus) return
      const pages = browser.contexts().flatMap((context) => context.pages())
      for (const [i, page] of pages.entries()) await page.screenshot({ path: info.outputPath(`window-${i + 1}.png`) })
    },
    { auto: true },
  ],
  vsix: [
    // Playwright derives a fixture's dependencies from the parameter's destructuring pattern, so an empty pattern is
    // required.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const { ensurePackage } = await import('../../../setup/build.mjs')
      const { withLock } = await import('../../../setup/lib/lock.mjs')
      // Where the set-up has not made the package, one of the workers does, and the others wait for it.
      await use(await withLock(path.join(ROOT, 'node_modules', '.saturation-package.lock'), () => ensurePackage()))
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  site: [
    // Playwright derives a fixture's dependencies from the parameter's destructuring pattern, so an empty pattern is
    // required.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const site = new Site()
      await use(site)
      site.remove()
    },
    { scope: 'worker' },
  ],
  start: [
    async ({ vsix, site, browser }, use) => {
      const { installVsix } = await import('../../../setup/workbench/workbench.mjs')
      const extensionsDir = path.join(site.folder, 'extensions')
      await installVsix(vsix, extensionsDir)
      const started: Workbench[] = []
      await use(async (file, differences = {}) => {
        const workbench = await startOn(site, extensionsDir, browser, file, differences)
        started.push(workbench)
        return workbench
      })
      for (const workbench of started) await workbench.close()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  workbench: [
    async ({ start }, use) => use(await start('train.js', { settings: SHARED_SETTINGS })),
    { scope: 'worker', timeout: 240_000 },
  ],
})

async function startOn(
  site: Site,
  extensionsDir: string,
  browser: Browser,
  file: string,
  {
    trust = true,
    settings = {},
    userDataDir = mkdtempSync(path.join(site.folder, 'u-')),
    env = {},
    port = 0,
  }: Differences,
) {
  const { startWorkbench } = await import('../../../setup/workbench/workbench.mjs')
  const { DETERMINISTIC_SETTINGS } = await import('../../../setup/workbench/settings.mjs')
  const server = await startWorkbench({
    folder: site.workspace,
    openFile: site.file(file),
    extensionsDir,
    userDataDir,
    port,
    trust,
    env,
    // The budget is larger than the default: a training that shares two cores with a browser would get too few
    // measurements for a verdict.
    settings: { ...DETERMINISTIC_SETTINGS, 'saturation.budget': 20, ...settings },
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const workbench = new Workbench(page, server, site, userDataDir)
  await workbench.load()
  return workbench
}

import { defineConfig } from '@playwright/test'

/**
 * Tests of the packaged extension in a real workbench, with a real training. The time limits are long because a language
 * server and a training on few cores may delay the extension host, and with it every answer.
 */
const IN_WORKBENCH = { testDir: 'test/e2e', timeout: 600_000, expect: { timeout: 90_000 } }
/** The test of the whole way, from a first training to a changed model. */
const LOOP = 'training.spec.ts'

export default defineConfig({
  outputDir: 'artifacts/playwright',
  // A window waits more than it computes, and the trainings are short: two at a time take little more than half as long.
  workers: 2,
  timeout: 120_000,
  // Machines of continuous integration may stall for seconds. A test that passes only at the second attempt is listed
  // as flaky.
  retries: process.env['CI'] ? 1 : 0,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: {
      executablePath: process.env['SATURATION_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    // The longest file begins, and the many short ones fill the time of the other worker.
    { name: 'loop', testMatch: LOOP, ...IN_WORKBENCH },
    { name: 'workbench', testIgnore: LOOP, ...IN_WORKBENCH },
    // Tests of the panel's page alone, with recorded runs.
    { name: 'panel', testDir: 'test/webview' },
  ],
})

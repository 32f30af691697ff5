import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test',
  outputDir: 'artifacts/playwright',
  // A training process takes both cores of a small machine.
  workers: 1,
  timeout: 120_000,
  // A machine that stalls for seconds is no fault of ours; what passes only at the second try is listed as flaky.
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
    // The panel's page alone, with recorded runs.
    { name: 'panel', testMatch: 'webview/**/*.spec.ts' },
    // The packaged extension in a real workbench, with a real training.
    // A language server and a training on few cores may keep the extension host, and with it every answer, waiting.
    { name: 'workbench', testMatch: 'e2e/**/*.spec.ts', timeout: 360_000, expect: { timeout: 60_000 } },
  ],
})

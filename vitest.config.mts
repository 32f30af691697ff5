import { defineConfig } from 'vitest/config'
import { vitePlugin as assemblyScript } from './setup/assemblyscript.mjs'

/**
 * Folders of tests that leave nothing behind in the process. Their files share one, so that what they import (parsers,
 * schemas, TensorFlow.js) is loaded once and not for each file. Tests that hook into TensorFlow.js have one of their own.
 */
const SHARING = [
  ...['advice', 'cli', 'comparison', 'docs', 'experiments', 'learned', 'model'],
  ...['presentation', 'protocol', 'run', 'saturation', 'source/model', 'source/tracking'],
].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  // esbuild.mjs defines the same constant for the bundles.
  define: { PRODUCT_VERSION: JSON.stringify('test') },
  plugins: [assemblyScript],
  test: {
    // Integration tests train real models in separate processes. The limits are for a hang, not for a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // One more than the cores of a small machine: tests of processes wait for sockets and ends as well.
    maxWorkers: 3,
    // Retry only in continuous integration, as in playwright.config.ts: its machines are shared and may stall.
    retry: process.env['CI'] ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARING } },
    ],
  },
})

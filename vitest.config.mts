import { defineConfig } from 'vitest/config'
import { vitePlugin as assemblyScript } from './setup/assemblyscript.mjs'

export default defineConfig({
  // esbuild.mjs defines the same constant for the bundles.
  define: { PRODUCT_VERSION: JSON.stringify('test') },
  plugins: [assemblyScript],
  test: {
    include: ['test/**/*.test.ts'],
    // Integration tests train real models in separate processes. The limits are for a hang, not for a busy machine.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    // Retry only in continuous integration, as in playwright.config.ts: its machines are shared and may stall.
    retry: process.env['CI'] ? 1 : 0,
  },
})

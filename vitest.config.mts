import { defineConfig } from 'vitest/config'
import { vitePlugin as assemblyScript } from './setup/lib/assemblyscript.mjs'

export default defineConfig({
  // As esbuild.mjs defines it for the bundles.
  define: { PRODUCT_VERSION: JSON.stringify('test') },
  plugins: [assemblyScript],
  test: {
    include: ['test/**/*.test.ts'],
    // Integration tests train real models in processes of their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // As in playwright.config.ts: on a shared machine only.
    retry: process.env['CI'] ? 1 : 0,
  },
})

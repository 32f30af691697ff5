import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { build, context } from 'esbuild'
import { esbuildPlugin as assemblyScript } from './setup/assemblyscript.mjs'
import { bundledPackages, notices } from './setup/licences/notices.mjs'

/**
 * Builds one bundle for each process or thread of the product: the extension host, the preload script in the user's
 * training process, its worker thread, the thread that parses sources, the loader for terminals, the command line, the
 * server for assistants, the public layers, and the panel's page. Beside them lie the notices of the packages that they
 * contain.
 */
const production = process.argv.includes('--production')
const watch = process.argv.includes('--watch')
const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  define: { PRODUCT_VERSION: JSON.stringify(version) },
  logLevel: 'info',
  legalComments: 'none',
  plugins: [assemblyScript],
}
/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', format: 'cjs', target: 'node18' }

/** @type {import('esbuild').BuildOptions[]} */
const targets = [
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    external: ['vscode'],
    target: 'node20',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  // The bundles that run in the user's process are not minified: their names appear in the user's stack traces and
  // profiles.
  {
    ...node,
    entryPoints: { preload: 'src/instrumentation/preload.ts' },
    minify: false,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { terminal: 'src/instrumentation/terminalLoader.ts' },
    minify: false,
    // This bundle is copied to another folder, where it would not find its source map.
    sourcemap: false,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { monitorWorker: 'src/instrumentation/worker/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { sourceWorker: 'src/source/background/main.ts' },
    target: 'node20',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { saturation: 'src/cli/main.ts' },
    target: 'node20',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...node,
    entryPoints: { mcp: 'src/mcp/main.ts' },
    target: 'node20',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { layers: 'src/layers/main.ts' },
    minify: false,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...common,
    entryPoints: { webview: 'webview/main.ts' },
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    outdir: 'dist',
  },
]

mkdirSync('dist', { recursive: true })
copyFileSync('src/layers/layers.d.ts', 'dist/layers.d.ts')

if (watch) await Promise.all(targets.map(async (target) => (await context(target)).watch()))
else {
  const built = await Promise.all(targets.map((target) => build({ ...target, metafile: true })))
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const folders = bundledPackages(built.map(({ metafile }) => metafile))
  writeFileSync('dist/THIRD_PARTY_NOTICES.txt', notices(folders, lock, '.'))
}

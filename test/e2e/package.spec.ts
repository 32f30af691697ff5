import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import { ROOT } from './support/site.ts'

test('the package contains the bundles and the documents for users, and nothing else', ({ vsix }) => {
  const vsce = ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies']
  const files = execFileSync(process.execPath, vsce, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
  const code = ['extension', 'mcp', 'monitorWorker', 'preload', 'saturation', 'sourceWorker', 'terminal'].map(
    (name) => `${name}.cjs`,
  )
  const bundles = [...code, 'THIRD_PARTY_NOTICES.txt', 'layers.cjs', 'layers.d.ts', 'webview.css', 'webview.js'].sort()
  expect(files.filter((file) => file.startsWith('dist/')).sort()).toEqual(bundles.map((name) => `dist/${name}`))
  const others = files.filter((file) => !/^(dist|media|examples|setup)\//.test(file)).sort()
  expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
  // A source map or an npm package that is included by mistake would exceed this size, in bytes.
  expect(statSync(vsix).size).toBeLessThan(4_000_000)
})

/**
 * Which room may import which: arrows point down this list only (docs/architecture.md).
 */
const ROOMS = {
  saturation: [],
  architecture: [],
  run: [],
  advice: ['saturation', 'architecture', 'run'],
  trainer: ['saturation', 'run'],
  session: ['run'],
  source: [],
  views: ['run', 'advice', 'architecture', 'session'],
  editor: ['run', 'advice', 'architecture', 'source', 'views'],
  cli: ['saturation', 'run', 'advice', 'session', 'views'],
}

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import only ${allowed.join(', ') || 'nothing'} of ours`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^(src|webview)/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'webview-imports',
      comment: 'the page knows runs and advice, and of the views only what is free of VS Code; never the session',
      severity: 'error',
      from: { path: '^webview/' },
      to: {
        path: '^src/',
        pathNot: '^src/(run|advice|architecture)/|^src/views/(messages|progress|runName|samplingWords)\\.ts$',
      },
    },
    {
      name: 'vscode-only-in-the-editor',
      comment: 'everything else has to run without an editor',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/(editor|views)/|^src/extension\\.ts$' },
      to: { path: '^vscode$' },
    },
    {
      name: 'pure-core',
      comment: 'the measurement and the fold run in the page too: no Node',
      severity: 'error',
      from: { path: '^src/(saturation|architecture|advice)/|^src/run/(events|state|series|protocol)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.cjs', '.js'] },
  },
}

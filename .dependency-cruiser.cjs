/**
 * Which room may import which (docs/architecture.md). A room that is not named here fails.
 */
const ROOMS = {
  saturation: [],
  model: [],
  protocol: [],
  source: [],
  run: ['saturation', 'protocol'],
  advice: ['saturation', 'model', 'run', 'protocol'],
  comparison: ['advice', 'folding', 'model', 'run', 'protocol'],
  presentation: ['comparison', 'advice', 'model', 'run', 'protocol', 'source'],
  report: ['presentation', 'comparison', 'advice', 'model', 'saturation', 'run', 'protocol'],
  probing: ['folding'],
  runner: ['learned', 'run', 'protocol'],
  experiments: ['comparison', 'advice', 'folding', 'learned', 'run', 'runner', 'protocol'],
  layers: ['saturation'],
  folding: ['saturation', 'model'],
  learned: ['folding', 'saturation', 'model'],
  instrumentation: ['saturation', 'model', 'folding', 'probing', 'learned', 'run', 'protocol'],
  mcp: ['presentation', 'report', 'comparison', 'advice', 'run', 'runner', 'protocol'],
  cli: [
    'presentation',
    'report',
    'experiments',
    'comparison',
    'advice',
    'saturation',
    'learned',
    'model',
    'run',
    'runner',
    'source',
    'protocol',
  ],
  vscode: [
    'mcp',
    'presentation',
    'report',
    'experiments',
    'comparison',
    'advice',
    'model',
    'run',
    'runner',
    'source',
    'protocol',
  ],
}

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import only ${allowed.join(', ') || 'nothing'} of ours`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^(src|webview)/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}))

/** The folders of `setup`, and which other folders of `setup` each may import. */
const SETUP_FOLDERS = {
  licences: [],
  lib: [],
  tensorflow: ['lib'],
  workbench: ['lib'],
}

const setupRules = Object.entries(SETUP_FOLDERS).map(([folder, allowed]) => ({
  name: `setup-${folder}-imports`,
  comment: `setup/${folder} may import only ${allowed.map((name) => `setup/${name}`).join(', ') || 'nothing'} of ours`,
  severity: 'error',
  from: { path: `^setup/${folder}/` },
  to: { path: '^(src|webview|setup)/', pathNot: `^setup/(${[folder, ...allowed].join('|')})/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    ...setupRules,
    {
      name: 'rooms-are-known',
      comment: 'a new room needs a row in ROOMS',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(ROOMS).join('|')})/|^src/extension\\.ts$` },
      to: {},
    },
    {
      name: 'setup-folders-are-known',
      comment: 'a new folder needs a row in SETUP_FOLDERS',
      severity: 'error',
      from: { path: '^setup/.+/', pathNot: `^setup/(${Object.keys(SETUP_FOLDERS).join('|')})/` },
      to: {},
    },
    {
      name: 'setup-imports',
      comment: 'the set-up builds the product, so it cannot import it',
      severity: 'error',
      from: { path: '^setup/' },
      to: { path: '^(src|webview)/' },
    },
    {
      name: 'product-without-setup',
      comment: 'the product starts the set-up check as a process and never imports it',
      severity: 'error',
      from: { path: '^(src|webview)/' },
      to: { path: '^setup/' },
    },
    {
      name: 'webview-imports',
      comment: 'the page knows runs, advice and words; never sockets, files or VS Code',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/(presentation|comparison|advice|model|run|protocol)/' },
    },
    {
      name: 'parsing-in-background',
      comment: 'parsing may take exponential time: ask by src/source/background/sourceThread.ts',
      severity: 'error',
      from: { path: '^src/(vscode/|extension)' },
      to: { path: '^src/source/(parse|trains|constructions|definitionsIn|localImports)\\.ts$' },
    },
    {
      name: 'linear-algebra-alone',
      comment: 'eigenvalues of symmetric matrices need nothing of saturation',
      severity: 'error',
      from: { path: '^src/saturation/linalg/' },
      to: { path: '^src/', pathNot: '^src/saturation/linalg/' },
    },
    {
      name: 'history-without-sockets',
      comment: 'a saved run is read from its folder alone',
      severity: 'error',
      from: { path: '^src/runner/history/' },
      to: { path: '^src/runner/(transport|launch|[^/]+\\.ts)' },
    },
    {
      name: 'vscode-only-in-the-editor',
      comment: 'everything else has to run without an editor',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/vscode/|^src/extension\\.ts$' },
      to: { path: '^vscode$' },
    },
    {
      name: 'pure-core',
      comment: 'measurement, fold and words run in the page too: no Node',
      severity: 'error',
      from: { path: '^src/(saturation|model|protocol|run|advice|comparison|presentation|report)/' },
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

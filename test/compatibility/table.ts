import { WAY_NAMES, type Outcome } from './outcome.ts'

/** A column of the document: one program, and its outcome. */
export interface Column {
  /** Title of the table that it belongs to. */
  group: string
  name: string
  outcome: Outcome
}

const TITLES: Record<keyof Outcome, string> = {
  fit: '`fit`, validation split',
  fitDataset: '`fitDataset`, generator',
  trainOnBatch: '`trainOnBatch`',
  minimize: '`optimizer.minimize`',
  applyGradients: '`variableGrads`, `applyGradients`, custom layer',
  gan: 'GAN, nested models',
  dqn: 'DQN, target network',
  transfer: 'transfer learning, frozen base',
  resume: 'resumed after `loadLayersModel`',
}

const HEAD = `# Compatibility

Each cell is a result of \`test/compatibility\`, where \`saturation run\` ran the unchanged programs of
\`test/fixtures/ways\`.
**yes** means three things:

- Every layer that is trained was measured.
- Nothing else was measured: no predictions, no saliency maps, no target network.
- Each layer stands on the line that defines it. A layer of a loaded model stands on the line of the load call.

A number refers to the reason below the table.
`

const BY_HAND = `## By hand

These were tried on Linux x64 with Node 20.20 and packages from a registry. Each script used TensorFlow.js 4.22 on
cpu. \`saturation run --npm train\` runs \`yarn run train\` where there is a yarn.lock:

|  | \`node train.js\` | \`node train.mjs\` | \`tsx train.ts\` | a script that forks two trainings | without \`--npm\`: train.js, train.mjs |
| --- | --- | --- | --- | --- | --- |
| Yarn 1.22.22 | yes | yes | yes | yes, two runs | yes |
| Yarn 4.18.1, \`nodeLinker: node-modules\` | yes | yes | yes | yes, two runs | yes |
| Yarn 4.18.1, Plug'n'Play | yes (1) | yes (1) | yes (1) | yes, two runs (1) | yes (1) |

1. TensorFlow.js 4.22 needs \`long\`, but its package.json does not list it. Without Saturation the script ends in the
   same error. \`packageExtensions: { '@tensorflow/tfjs@*': { dependencies: { long: 4.0.0 } } }\` in .yarnrc.yml cures it.

A bundle may hold TensorFlow.js as ES modules (esbuild with \`mainFields: ['module', 'main']\`) and have a source map.
Then the layers of each loaded model stand on the line of the call that loads it, however many models there are
(\`test/instrumentation/sites/sites.test.ts\`).
`

/** The text of docs/compatibility.md. */
export function compatibilityDocument(columns: Column[]): string {
  const groups = [...new Set(columns.map(({ group }) => group))]
  return `${[HEAD, ...groups.map((group) => section(group, columns)), BY_HAND].join('\n')}`
}

function section(group: string, all: Column[]): string {
  const columns = all.filter((column) => column.group === group)
  const reasons = [...new Set(columns.flatMap(({ outcome }) => Object.values(outcome)))].filter((r) => r !== null)
  const cell = (reason: string | null): string => (reason === null ? 'yes' : `no (${reasons.indexOf(reason) + 1})`)
  const rows = [
    ['', ...columns.map(({ name }) => name)],
    ['---', ...columns.map(() => '---')],
    ...WAY_NAMES.map((way) => [TITLES[way], ...columns.map(({ outcome }) => cell(outcome[way]))]),
  ]
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
  const notes = reasons.map((reason, i) => `${i + 1}. ${reason}`).join('\n')
  return `## ${group}\n\n${table}\n${notes ? `\n${notes}\n` : ''}`
}

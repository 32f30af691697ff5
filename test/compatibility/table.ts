import { WAY_NAMES, type Outcome } from './outcome.ts'

/** One program as it was run: its place in the document, and what became of it. */
export interface Column {
  /** The table it belongs to. */
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

Each cell was produced by \`test/compatibility\`: the programs of \`test/fixtures/ways\` were run unchanged by \`saturation run\`.
**yes** means that every layer that is trained was measured, that nothing else was (predictions, saliency maps, a target
network), and that each layer stands on the line that defines it (for a loaded model, the line of the load call).
A number names the reason below the table.
`

const BY_HAND = `## By hand

Tried on Linux x64 with Node 20.20, the packages from a registry, each script with TensorFlow.js 4.22 on cpu; \`saturation run --npm train\` runs \`yarn run train\` where there is a yarn.lock:

|  | \`node train.js\` | \`node train.mjs\` | \`tsx train.ts\` | a script that forks two trainings | without \`--npm\`: train.js, train.mjs |
| --- | --- | --- | --- | --- | --- |
| Yarn 1.22.22 | yes | yes | yes | yes, two runs | yes |
| Yarn 4.18.1, \`nodeLinker: node-modules\` | yes | yes | yes | yes, two runs | yes |
| Yarn 4.18.1, Plug'n'Play | yes (1) | yes (1) | yes (1) | yes, two runs (1) | yes (1) |

1. TensorFlow.js 4.22 asks for \`long\` without saying so in its package.json. Without Saturation it ends in the same error; with
   \`packageExtensions: { '@tensorflow/tfjs@*': { dependencies: { long: 4.0.0 } } }\` in .yarnrc.yml it runs.

In a bundle that holds TensorFlow.js as ES modules (esbuild with \`mainFields: ['module', 'main']\`) and has a source map, each loaded
model's layers stand on the line of the call that loads it, however many there are (test/trainer/sites.test.ts).
`

/** The whole of docs/compatibility.md. */
export function document(columns: Column[]): string {
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

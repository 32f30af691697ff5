import { describe, expect, it } from 'vitest'
import { providePrivateNode } from '../../setup/lib/privateNode.mjs'
import { LAYOUTS } from './layouts.ts'
import { outcomeOf, WAY_NAMES, type Outcome } from './outcome.ts'
import { BACKENDS, NATIVE_TYPESCRIPT, SYSTEMS, type Backend } from './systems.ts'
import { compatibilityDocument, type Column } from './table.ts'

const TFJS_3: Backend = { name: 'cpu, TensorFlow.js 3.21', package: 'tfjs3' }
const NODES = ['18.20.8', '22.23.3', '24.21.0']

const [native, , cpu] = BACKENDS
const [commonJs, esModules] = SYSTEMS

/** Number of programs that run at the same time. Each is a process and needs a core. */
const CONCURRENT_PROGRAMS = 2

async function measure(): Promise<Column[]> {
  const nodes = await Promise.all(NODES.map(async (version) => (await providePrivateNode(undefined, version)).binary))
  const jobs: (() => Promise<Column>)[] = []
  const add = (group: string, name: string, outcome: () => Promise<Outcome>): void => {
    jobs.push(async () => ({ group, name, outcome: await outcome() }))
  }
  for (const backend of BACKENDS) {
    for (const system of SYSTEMS) add(backend.name, system.name, () => outcomeOf(system, backend))
    add(backend.name, NATIVE_TYPESCRIPT.name, () => outcomeOf(NATIVE_TYPESCRIPT, backend, nodes[2]))
  }
  for (const layout of LAYOUTS) add('Layouts of packages, on cpu', layout.name, () => outcomeOf(layout, cpu!))
  for (const system of [commonJs!, esModules!]) {
    add(TFJS_3.name, system.name, () => outcomeOf(system, TFJS_3))
  }
  for (const [i, version] of NODES.entries()) {
    add('Node.js, CommonJS on tfjs-node', version, () => outcomeOf(commonJs!, native!, nodes[i]))
  }
  const columns: Column[] = []
  const next = jobs.entries()
  const work = async (): Promise<void> => {
    for (const [i, job] of next) columns[i] = await job()
  }
  await Promise.all(Array.from({ length: CONCURRENT_PROGRAMS }, work))
  return columns
}

describe('compatibility', async () => {
  const columns = await measure()

  it('matches docs/compatibility.md (npx vitest run test/compatibility -u writes it anew)', async () => {
    await expect(compatibilityDocument(columns)).toMatchFileSnapshot('../../docs/compatibility.md')
  })

  it.each(WAY_NAMES)('%s is measured with tfjs-node wherever TensorFlow.js runs', (way) => {
    const failed = columns
      .filter(({ group, name }) => /tfjs-node/.test(group) && name !== 'bundle with tfjs')
      .filter(({ outcome }) => outcome[way] !== null)
    expect(failed.map(({ name, outcome }) => `${name}: ${outcome[way]}`)).toEqual([])
  })
})

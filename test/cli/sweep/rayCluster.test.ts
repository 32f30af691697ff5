import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { engineAddress } from '../../../src/cli/sweep/ray/rayJobs.ts'
import { CLI, saturation, type Ended } from '../saturation.ts'

/** Address of a Ray cluster whose nodes see this folder, as `ray://127.0.0.1:8265`. Without it nothing is tested here. */
const ENGINE = process.env['SATURATION_RAY']
/** Process id of the raylet of a node that may be killed. */
const NODE = process.env['SATURATION_RAY_NODE']
const SCRIPT = path.resolve(import.meta.dirname, '../../fixtures/scripts/sweep/bars.cjs')
const folder = mkdtempSync(path.resolve(import.meta.dirname, '../../../dist/ray-'))
afterAll(() => rmSync(folder, { recursive: true }))

function sweep(dir: string, filters: string, epochs: number): string[] {
  const varied = ['--vary', `conv*.filters=${filters}`, '--no-early-stop', '--json', '--dir', path.join(folder, dir)]
  return ['sweep', SCRIPT, String(epochs), '--engine', ENGINE!, ...varied]
}

test.skipIf(!ENGINE)(
  'a sweep on a real cluster has a result for each network, and the same command repeats none',
  { timeout: 600_000 },
  async () => {
    const command = sweep('plain', '2,4', 3)
    const first = await saturation(command)
    expect(first.stderr).not.toContain('cannot')
    const { networks } = JSON.parse(first.stdout) as { networks: { name: string }[] }
    expect(networks.map(({ name }) => name)).toHaveLength(3)
    const again = await saturation(command)
    expect(JSON.parse(again.stdout)).toMatchObject({ networks })
  },
)

test.skipIf(!ENGINE || !NODE)(
  'a node that is killed in mid-sweep loses no finished result, and its trials are begun again',
  { timeout: 600_000 },
  async () => {
    const dir = path.join(folder, 'killed')
    const child = spawn(process.execPath, [CLI, ...sweep('killed', '2,4,8,10', 12)])
    const ended = endOf(child)
    const node = await nodeOf(Number(NODE))
    const outcomes = (): string[] =>
      existsSync(dir) ? readdirSync(dir).filter((name) => /\.json$/.test(name) && name !== 'plan.json') : []
    // One network is done, and another trains on the node.
    let lost: string | null = null
    while (!lost) {
      await delay(500)
      expect(child.exitCode, 'the sweep ended before a trial ran on the node').toBeNull()
      const { name } = (await jobs()).find((job) => job.status === 'RUNNING' && job.node === node) ?? {}
      if (outcomes().length >= 2 && name && hasEpochs(dir, name)) lost = name
    }
    const read = (name: string): string => readFileSync(path.join(dir, name), 'utf8')
    const finished = outcomes().map((name) => [name, read(name)])
    process.kill(Number(NODE), 'SIGKILL')

    const { code, stdout, stderr } = await ended
    expect(code, stderr).toBe(0)
    const { networks } = JSON.parse(stdout) as { networks: { name: string; result: string }[] }
    expect(networks.map(({ result }) => result)).toEqual(Array.from({ length: 5 }, () => 'completed'))
    expect(stderr).toContain(`${lost}: ended early, because the machine that it ran on is gone; it begins again`)
    expect(stderr.match(/completed in/g)).toHaveLength(5)
    expect(finished.map(([name]) => [name, read(name!)])).toEqual(finished)
  },
)

function endOf(child: ReturnType<typeof spawn>): Promise<Omit<Ended, 'signal'>> {
  let [stdout, stderr] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}

/** Whether the log of a network's trial has the end of an epoch. */
function hasEpochs(dir: string, network: string): boolean {
  const log = readdirSync(dir).find((name) => name.endsWith('.jsonl') && name.startsWith(network.replaceAll('*', '_')))
  return log !== undefined && readFileSync(path.join(dir, log), 'utf8').includes('"type":"epoch"')
}

async function ask(question: string): Promise<unknown> {
  // Ray takes no requests with the headers of a browser, which only matters for changes.
  return (await fetch(engineAddress(ENGINE!)! + question)).json()
}

async function jobs(): Promise<{ name?: string; status: string; node?: string }[]> {
  const listed = (await ask('/api/jobs/')) as {
    status: string
    metadata: { name?: string } | null
    driver_node_id?: string
  }[]
  return listed.map(({ status, metadata, driver_node_id: node }) => ({
    status,
    ...(metadata?.name === undefined ? {} : { name: metadata.name }),
    ...(node === undefined ? {} : { node }),
  }))
}

/** Ray's id of the node of a raylet. */
async function nodeOf(pid: number): Promise<string> {
  const [, address] = /--node_ip_address=([\d.]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? []
  const { data } = (await ask('/api/v0/nodes')) as {
    data: { result: { result: { node_id: string; node_ip: string; state: string }[] } }
  }
  return data.result.result.find(({ node_ip: ip, state }) => ip === address && state === 'ALIVE')!.node_id
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { engineAddress, RayJobs } from '../../../src/cli/sweep/ray/rayJobs.ts'
import { RayPool } from '../../../src/cli/sweep/ray/rayPool.ts'
import { endLine, eventLine, RelayedOutput } from '../../../src/cli/sweep/ray/relayedLines.ts'
import type { Trial } from '../../../src/experiments/sweep/trialPool.ts'

const TRIAL: Trial = { file: 'trial', network: 'a.units=2', overrides: [], repeat: 1, evaluates: false }
const PROGRAM = { script: "it's.js", args: [], node: 'node', npm: false }
const NODES = { data: { result: { result: [{ state: 'ALIVE', resources_total: { CPU: 2 } }, { state: 'DEAD' }] } } }
const END = { how: 'ended', exitCode: 0, errors: '', peakBytes: 5 } as const

let server: Server | null = null
let folder: string | null = null
afterEach(() => {
  server?.close()
  if (folder) rmSync(folder, { recursive: true })
  server = folder = null
})

/** A stand-in for Ray's dashboard: answers what a test gives for a method and path, and records what was asked. */
async function standIn(
  answers: (asked: string) => unknown,
): Promise<{ address: string; asked: string[]; bodies: string[] }> {
  const [asked, bodies]: string[][] = [[], []]
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const question = `${request.method} ${request.url!.replace(/saturation-[\da-f-]+/, 'ID')}`
      asked!.push(question)
      if (body !== '') bodies!.push(body)
      const answer = answers(question)
      response.statusCode = answer === undefined ? 500 : 200
      response.end(answer === undefined ? 'Traceback:\nNo agent' : JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: asked!, bodies: bodies! }
}

function logFile(): string {
  folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-ray-'))
  return path.join(folder, 'trial.jsonl')
}

test('an address is that of a dashboard', () => {
  expect(engineAddress('ray://10.0.0.1:8265')).toBe('http://10.0.0.1:8265')
  expect(engineAddress('ray://head')).toBe('http://head:8265')
  expect(engineAddress('https://ray.example/behind/')).toBe('https://ray.example/behind')
  for (const wrong of ['head:8265', 'ray://', 'ftp://head', 'http:///x']) expect(engineAddress(wrong)).toBeNull()
})

test('output that grows gives each line of the log once, and the end', () => {
  const output = new RelayedOutput()
  const begin = `Runtime env is setting up.\n${eventLine('{"a":1}')}`
  expect(output.take(`${begin}saturation-ev`)).toBe('{"a":1}\n')
  expect(output.take('')).toBe('')
  expect(output.take(`${begin}${eventLine('{"b":"ä"}')}${endLine(END)}`)).toBe('{"b":"ä"}\n')
  expect(output).toMatchObject({ end: END, other: 'Runtime env is setting up.', hasEvents: true })
  const broken = new RelayedOutput()
  broken.take('saturation-end {"how":"eaten"}\nsaturation-end {\nsh: 1: cd: can’t cd to /x\n')
  expect(broken).toMatchObject({ end: null, other: 'sh: 1: cd: can’t cd to /x', hasEvents: false })
})

test('a trial is a job: submitted, read while it runs, ended as it says', async () => {
  let looks = 0
  const { address, asked, bodies } = await standIn((question) => {
    if (question.startsWith('GET /api/v0/nodes')) return NODES
    if (question === 'GET /api/jobs/')
      return [{ submission_id: 'left', status: 'RUNNING', metadata: { saturation_study: `${os.hostname()}:/study` } }]
    if (question.endsWith('/logs')) return { logs: eventLine('{"n":1}') + (looks > 1 ? endLine(END) : '') }
    if (question === 'GET /api/jobs/ID')
      return { status: ++looks > 1 ? 'SUCCEEDED' : 'RUNNING', driver_exit_code: null }
    return {}
  })
  const pool = await RayPool.connect(address, '/study', PROGRAM, { workers: null, bytes: null })
  expect(asked).toContain('POST /api/jobs/left/stop')
  const log = logFile()
  const end = pool.run(TRIAL, log, new AbortController().signal)
  expect(pool.hasRoom()).toBe(true)
  expect(await end).toEqual(END)
  expect(readFileSync(log, 'utf8')).toBe('{"n":1}\n')
  const job = JSON.parse(bodies[0]!) as { entrypoint: string }
  expect(job).toMatchObject({ entrypoint_num_cpus: 1, metadata: { name: 'a.units=2' } })
  // The shell gets the quote of the script's name as it is.
  expect(job.entrypoint).toContain(String.raw`it'\''s.js`)
})

test('a job that is asked to stop is stopped; one whose node has died is to be repeated', async () => {
  let isStopped = false
  const { address } = await standIn((question) => {
    if (question.startsWith('GET /api/v0/nodes')) return NODES
    if (question === 'GET /api/jobs/') return []
    if (question.endsWith('/logs')) return undefined
    if (question.endsWith('/stop')) isStopped = true
    return { status: isStopped ? 'STOPPED' : 'FAILED', message: 'Job supervisor actor died', driver_exit_code: null }
  })
  const pool = await RayPool.connect(address, '/study', PROGRAM, { workers: 1, bytes: null })
  const died = await pool.run(TRIAL, logFile(), new AbortController().signal)
  expect(died).toMatchObject({ how: 'lost' })
  const stop = new AbortController()
  stop.abort()
  expect(await pool.run(TRIAL, path.join(folder!, 'b.jsonl'), stop.signal)).toMatchObject({ how: 'stopped' })
})

test('what cannot be reached, or is no engine, is said in a sentence', async () => {
  const { address } = await standIn(() => ({ hello: 1 }))
  await expect(new RayJobs(address).processors()).rejects.toThrow(/is no Ray dashboard\. Give its address/)
  await new Promise((resolve) => server!.close(resolve))
  await expect(new RayJobs(address).processors()).rejects.toThrow(
    new RegExp(`^The engine at ${address} does not answer: .*ECONNREFUSED`),
  )
})

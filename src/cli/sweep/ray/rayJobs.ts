import http from 'node:http'
import https from 'node:https'
import * as v from 'valibot'
import { ExperimentError } from '../../../experiments/experimentError.ts'

/** Port of Ray's dashboard, which answers the Jobs API, where an address names none. */
const DASHBOARD_PORT = 8265
/** Milliseconds that an answer may take. */
const ANSWER_TIMEOUT_MS = 30_000
/** Characters of an answer that are shown. */
const SHOWN_CHARACTERS = 200

const Job = v.object({
  status: v.string(),
  message: v.nullish(v.string(), null),
  driver_exit_code: v.nullish(v.number(), null),
})
const ListedJob = v.object({
  submission_id: v.nullish(v.string(), null),
  status: v.string(),
  metadata: v.nullish(v.record(v.string(), v.unknown()), null),
})
const Output = v.object({ logs: v.string() })
const Nodes = v.object({
  data: v.object({
    result: v.object({
      result: v.array(
        v.object({ state: v.string(), resources_total: v.nullish(v.record(v.string(), v.unknown()), null) }),
      ),
    }),
  }),
})

/** A job as Ray knows it. */
export type RayJob = v.InferOutput<typeof Job>

/** What is submitted. Names are Ray's: https://docs.ray.io/en/latest/cluster/running-applications/job-submission/api.html */
export interface RaySubmission {
  readonly submission_id: string
  /** A line of a POSIX shell. */
  readonly entrypoint: string
  /** Processors that it reserves. With none, Ray would run it on the head node. */
  readonly entrypoint_num_cpus: number
  readonly runtime_env: { readonly env_vars: Readonly<Record<string, string>> }
  readonly metadata: Readonly<Record<string, string>>
}

/** Nothing answered, or something that is no answer: it may be different later. */
export class NoAnswer extends ExperimentError {}

/** The HTTP address of an engine: `ray://HOST[:PORT]` or `http[s]://HOST[:PORT]`, of its dashboard. @returns null for others */
export function engineAddress(text: string): string | null {
  const withScheme = text.replace(/^ray:\/\//, 'http://')
  if (!/^https?:\/\/[^/]/.test(withScheme) || !URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  if (url.port === '' && text.startsWith('ray://')) url.port = String(DASHBOARD_PORT)
  return url.href.replace(/\/+$/, '')
}

/** Ray Jobs over its HTTP API. Each method throws NoAnswer when the engine cannot be reached or does not understand. */
export class RayJobs {
  readonly address: string

  /** @param address as engineAddress gives it */
  constructor(address: string) {
    this.address = address
  }

  /** Processors of each node that is alive. */
  async processors(): Promise<number[]> {
    const { data } = await this.#ask('GET', '/api/v0/nodes?detail=1', Nodes)
    return data.result.result
      .filter(({ state }) => state === 'ALIVE')
      .map(({ resources_total: total }) => (typeof total?.['CPU'] === 'number' ? total['CPU'] : 0))
  }

  /** @throws ExperimentError when the engine refuses it. */
  async submit(submission: RaySubmission): Promise<void> {
    await this.#ask('POST', '/api/jobs/', v.unknown(), submission)
  }

  job(id: string): Promise<RayJob> {
    return this.#ask('GET', `/api/jobs/${id}`, Job)
  }

  /** Ids of jobs that have not ended and have this entry among their metadata. */
  async unended(key: string, value: string): Promise<string[]> {
    const jobs = await this.#ask('GET', '/api/jobs/', v.array(ListedJob))
    return jobs.flatMap(({ submission_id: id, status, metadata }) =>
      id !== null && !hasEnded(status) && metadata?.[key] === value ? [id] : [],
    )
  }

  /** All that a job has printed so far. */
  async output(id: string): Promise<string> {
    return (await this.#ask('GET', `/api/jobs/${id}/logs`, Output)).logs
  }

  async stop(id: string): Promise<void> {
    await this.#ask('POST', `/api/jobs/${id}/stop`, v.unknown())
  }

  async #ask<Schema extends v.GenericSchema>(
    method: 'GET' | 'POST',
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<v.InferOutput<Schema>> {
    let answer
    try {
      answer = await request(method, this.address + path, body)
    } catch (error) {
      throw new NoAnswer(`The engine at ${this.address} does not answer: ${reasonOf(error)}.`)
    }
    const { status, text } = answer
    if (status < 200 || status >= 300) {
      const refusal = `The engine at ${this.address} answers ${status}: ${lastLine(text)}`
      throw status >= 500 ? new NoAnswer(refusal) : new ExperimentError(refusal)
    }
    const result = v.safeParse(schema, jsonIn(text))
    if (result.success) return result.output
    throw new NoAnswer(
      `What answers at ${this.address} is no Ray dashboard. Give its address, as ray://HOST:${DASHBOARD_PORT}.`,
    )
  }
}

/** Whether a job with this status runs no more. */
export function hasEnded(status: string): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'STOPPED'
}

/** `fetch` sends headers of a browser, and Ray takes no jobs from browsers. */
function request(method: string, url: string, body: unknown): Promise<{ status: number; text: string }> {
  const token = process.env['RAY_AUTH_TOKEN']
  const sent = body === undefined ? '' : JSON.stringify(body)
  const options = {
    method,
    headers: {
      'content-length': Buffer.byteLength(sent),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    // A connection that is used again may just be closing.
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const sending = (url.startsWith('https:') ? https : http).request(url, options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    sending.on('error', reject)
    sending.end(sent)
  })
}

function reasonOf(error: unknown): string {
  const { message, cause, code } = error as NodeJS.ErrnoException
  if (cause instanceof Error && cause.name === 'TimeoutError')
    return `nothing within ${ANSWER_TIMEOUT_MS / 1000} seconds`
  return message || (code ?? 'the connection is lost')
}

/** The last line of an answer with words in it: of a Python traceback, the one that says what is wrong. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => /\w/.test(line))
  return (lines.at(-1) ?? 'nothing').trim().slice(0, SHOWN_CHARACTERS)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

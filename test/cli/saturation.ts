import { spawn } from 'node:child_process'
import path from 'node:path'
import { readDigest } from '../../src/cli/report/readDigest.ts'
import { reportOf, type Report } from '../../src/report/report.ts'

/** Path of the built command line program. */
export const CLI = path.resolve(import.meta.dirname, '../../dist/saturation.cjs')

/** What `saturation report --json` prints of a log, made in this process: starting one takes longer than the report. */
export async function reportOfLog(log: string): Promise<Report> {
  return JSON.parse(JSON.stringify(reportOf(await readDigest(log)))) as Report
}

/** The result of a process that has ended. */
export interface Ended {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** Runs `saturation` with these arguments until it ends. Standard input, output and error output are pipes. */
export function saturation(
  args: readonly string[],
  options: { input?: string; cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  })
  child.stdin.end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

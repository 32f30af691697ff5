import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { CLI, reportOfLog, saturation } from './saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../fixtures/scripts/process/commandLine.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

/** Counts how often a part occurs in a text. */
function countOf(text: string, part: string | RegExp): number {
  return text.split(part).length - 1
}

describe('saturation run', () => {
  it.each([
    { named: 'on the PATH', command: ['node', '--no-warnings', SCRIPT] },
    { named: 'of the project’s packages', command: ['tsx', SCRIPT] },
    { named: 'that starts another', command: ['--', 'npx', 'tsx', SCRIPT] },
  ])('runs a program $named instead of a script, and watches the Node process that it starts', async ({ command }) => {
    const log = path.join(folder, 'program.jsonl')
    const ended = await saturation(['run', '--log', log, ...command, '--epochs', '2'])
    expect(ended).toMatchObject({ code: 0, stdout: '["--epochs","2"]\n' })
    const { run, layers } = await reportOfLog(log)
    expect(run).toMatchObject({ script: command.find((word) => word !== '--'), how: 'completed' })
    expect(layers[0]).toMatchObject({ file: SCRIPT })
  })

  it('forwards arguments, input, output and exit code, and writes the log that report shows', async () => {
    const log = path.join(folder, 'run.jsonl')
    const ended = await saturation(
      [
        'run',
        SCRIPT,
        '--epochs',
        '7',
        '--log',
        log,
        '--delta',
        '0.9',
        '--budget',
        '1',
        '--embedding',
        '20',
        '-v',
        '--',
        '--log',
        'stdin',
      ],
      { input: 'piped in\n' },
    )
    expect(ended).toMatchObject({ code: 0, stdout: '["--epochs","7","-v","--","--log","stdin"]\npiped in\n' })
    expect(ended.stderr).toMatch(/^Layer +Kind +Line +Train +Eval +k \/ width +Observations +Verdict$/m)

    const { run, layers, notMeasured } = await reportOfLog(log)
    expect(run).toMatchObject({
      script: SCRIPT,
      how: 'completed',
      exitCode: 0,
      step: 8,
      delta: 0.9,
      backend: 'tensorflow',
      problems: [],
      versions: { node: process.version.slice(1), 'tfjs-node': expect.any(String) as string },
      overheadShare: expect.any(Number) as number,
    })
    expect(run.epochs.map(({ epoch, step }) => ({ epoch, step }))).toEqual([
      { epoch: 0, step: 4 },
      { epoch: 1, step: 8 },
    ])
    const lines = readFileSync(SCRIPT, 'utf8').split('\n')
    expect(layers.map((row) => `${row.name} ${row.split}`)).toEqual([
      ...['hidden train', 'hidden eval', 'output train', 'output eval'],
    ])
    for (const row of layers) {
      expect(row).toMatchObject({ kind: 'Dense', file: SCRIPT, delta: 0.9, status: 'ok' })
      // The number of sampled observations depends on the budget, and so on the speed of the machine.
      expect(row.observations).toBeGreaterThanOrEqual(2)
      expect(row.observations).toBeLessThanOrEqual(160)
      expect(row.width).toBe(row.name === 'hidden' ? 8 : 2)
      expect(lines[row.line! - 1]!.slice(row.column! - 1)).toMatch(/^(tf\.layers\.)?dense\(/)
      expect(lines[row.line! - 1]).toContain(`'${row.name}'`)
      expect(row.k).toBeGreaterThan(0)
      expect(row.saturation).toBe(row.k / row.width)
      expect(row.embedding).toMatchObject({ step: 8, epoch: 1, held: [expect.any(Number), expect.any(Number)] })
      expect(row.embedding!.points.length).toBeGreaterThanOrEqual(2)
      expect(row.embedding!.points.length).toBeLessThanOrEqual(20)
    }
    // A layer has one verdict, which is the same in the rows of both splits.
    expect(layers.map((row) => row.verdict).slice(2)).toEqual(['output', 'output'])
    expect(layers[0]!.verdict).toBe(layers[1]!.verdict)
    expect(notMeasured).toMatchObject([{ name: 'drop', kind: 'Dropout', reason: 'it has no weights' }])

    const table = await saturation(['report', log], { cwd: path.dirname(SCRIPT) })
    expect(table.stdout).toMatch(/^hidden +Dense +\S*commandLine\.cjs:6:\d+ +~?\d+ % +~?\d+ % +\d \/ 8 +\d+ +\w+/m)
    expect(table.stdout).toContain('Not measured (it has no weights): drop')

    const whole = readFileSync(log, 'utf8')
    const cut = await saturation(['report', '--json', write('cut.jsonl', whole.slice(0, -40))])
    expect(cut).toMatchObject({ code: 0 })
    expect(cut.stderr).toMatch(/^\S+cut\.jsonl:\d+: cut off: its writer was killed while writing it\n$/)
    expect((JSON.parse(cut.stdout) as Report).layers).toEqual(layers)

    const running = whole.split('\n').filter((line) => !line.includes('"run ended"'))
    const shown = await saturation(['report', write('running.jsonl', running.join('\n'))])
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toContain('The run has not ended, or its log was cut off.')
    expect((await reportOfLog(path.join(folder, 'running.jsonl'))).run).toMatchObject({
      how: null,
      exitCode: null,
      step: 8,
    })
  })

  it.each([
    { words: ['3'], code: 3, how: 'failed', says: ['The script ended with exit code 3.'] },
    { words: ['throw'], code: 1, how: 'failed', says: ['! RangeError: went wrong\n', 'failed with exit code 1'] },
    // SIGKILL leaves no time to send the last steps, so how many were reported depends on the machine.
    { words: ['kill'], code: 137, how: 'killed', says: ['Ended by SIGKILL', 'memory running out'] },
    { words: ['untrained'], code: 0, how: 'completed', says: ['make sure that it waits for the training'] },
    {
      words: ['nan'],
      code: 0,
      how: 'completed',
      says: ['! The output of hidden held NaN', 'Training completed', 'with NaN or infinity.'],
    },
  ])('forwards how a script ends and reports it once: $words', async ({ words, code, how, says }) => {
    const log = path.join(folder, `${words[0]}.jsonl`)
    const ended = await saturation(['run', '--log', log, SCRIPT, ...words])
    expect(ended.code).toBe(code)
    for (const sentence of says) expect(countOf(ended.stderr, sentence), `${sentence} in\n${ended.stderr}`).toBe(1)
    expect((await reportOfLog(log)).run).toMatchObject({ how, exitCode: code === 137 ? null : code })
  })

  it.each([
    { name: 'syntax.cjs', text: 'const x = ;', code: 1, says: "! SyntaxError: Unexpected token ';'\n" },
    {
      name: 'missing.cjs',
      text: "require('@tensorflow/tfjs-nowhere')",
      code: 1,
      says: /! Error: Cannot find module[^]*\n {2}Run npm install @tensorflow\/tfjs-nowhere in/g,
    },
    {
      name: 'undeclared.cjs',
      // The error that Yarn's Plug'n'Play throws.
      text: `throw Object.assign(new Error("@a/b tried to access c, but it isn't declared in its dependencies; this makes…"), { code: 'MODULE_NOT_FOUND' })`,
      code: 1,
      says: `packageExtensions: { '@a/b@*': { dependencies: { "c": '*' } } }`,
    },
    {
      name: 'several.cjs',
      text: "throw new Error('Failed with 1 error:\\ntrain.ts:3:5: Expected')",
      code: 1,
      says: '! Error: Failed with 1 error: train.ts:3:5: Expected\n',
    },
    {
      name: 'unfinished.mjs',
      text: "import './unfinished'",
      code: 1,
      says: '  Node wants the file’s whole name in an import.',
    },
    { name: 'import.cjs', text: "import 'fs'", code: 1, says: '  Node takes the file for CommonJS: put' },
    { name: 'never.mjs', text: 'await new Promise(() => {})', code: 13, says: '! The script awaits something' },
    { name: 'plain.cjs', text: 'console.log(1)', code: 0, says: '! No TensorFlow.js layer ran' },
  ])('explains a script that cannot train: $name', async ({ name, text, code, says }) => {
    const ended = await saturation(['run', write(name, text)])
    expect(ended.code).toBe(code)
    expect(countOf(ended.stderr, says), ended.stderr).toBe(1)
    // Only one problem is printed.
    expect(ended.stderr.split('\n').filter((line) => line.startsWith('! '))).toHaveLength(1)
  })

  it('ends the script and itself on an interrupt, and keeps the log', async () => {
    const log = path.join(folder, 'interrupted.jsonl')
    const child = spawn(process.execPath, [CLI, 'run', SCRIPT, 'long', '--log', log], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    await expect
      .poll(() => existsSync(log) && readFileSync(log, 'utf8'), { timeout: 120_000 })
      .toMatch(/"type":"saturation"/)
    await expect.poll(() => stdout, { timeout: 120_000 }).toContain('\n')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(stderr).toMatch(/Interrupted after [\d,]+ steps?\./)
    expect(() => process.kill(Number(/pid (\d+)/.exec(stdout)![1]), 0)).toThrow('ESRCH')
    const { run, layers } = await reportOfLog(log)
    expect(run).toMatchObject({ how: 'stopped', signal: 'SIGINT' })
    expect(layers.length).toBeGreaterThan(0)
  })
})

describe('saturation run with a script of several processes', () => {
  const program = (name: string): string => path.resolve(import.meta.dirname, '../fixtures/programs', name)

  it('prints a report for each that trains, keeps a log for each, and ends with the script’s exit code', async () => {
    const log = path.join(folder, 'search.jsonl')
    const other = write('search-2.jsonl', 'somebody else’s\n')
    const ended = await saturation(['run', '--log', log, program('processes/search.cjs'), 'fail', 'end'])
    expect(ended.code).toBe(0)
    const headings = [...ended.stderr.matchAll(/^Run (\d) of 2: search\.cjs › trial\.cjs (\w+) {2}(.*)$/gm)]
    expect(headings.map(([, n, how]) => `${n} ${how}`)).toEqual(['1 fail', '2 end'])
    expect(headings.map(([, , , file]) => file)).toEqual([log, path.join(folder, 'search-3.jsonl')])
    expect(countOf(ended.stderr, 'Verdict')).toBe(2)
    expect(readFileSync(other, 'utf8')).toBe('somebody else’s\n')
    const [first, second] = [await reportOfLog(log), await reportOfLog(path.join(folder, 'search-3.jsonl'))]
    expect(first.run).toMatchObject({
      script: program('processes/search.cjs'),
      args: ['fail', 'end'],
      how: 'failed',
      exitCode: 3,
    })
    expect(second.run.process).toMatchObject({ script: program('processes/parts/trial.cjs'), args: ['end'], thread: 0 })
    expect(second.run).toMatchObject({
      script: program('processes/search.cjs'),
      how: 'completed',
      exitCode: 0,
      step: 8,
    })
    for (const { layers } of [first, second])
      expect(layers.map(({ name }) => name)).toEqual(['job_hidden', 'job_output'])
  })

  it('prints a single report, as for any script, if only one child process trains', async () => {
    const ended = await saturation(['run', program('processes/fork.cjs'), 'fork'])
    expect(ended.code).toBe(0)
    expect(ended.stderr).not.toContain('Run 1')
    expect(countOf(ended.stderr, 'Verdict')).toBe(1)
    expect(ended.stderr).toContain('Training completed.')
  })
})

describe('saturation', () => {
  mkdirSync(path.join(folder, 'models'))
  const note = write('note.txt', 'not a log\n')

  it('prints one error for a file that is not a log', async () => {
    const stderr = `saturation: ${note} is not the log of a run: no line of it holds an event.\n`
    expect(await saturation(['report', note])).toMatchObject({ code: 2, stdout: '', stderr })
  })

  it.each([
    { args: ['run'], says: "missing required argument 'script'" },
    { args: ['run', path.join(folder, 'none.js')], says: 'There is no script' },
    { args: ['run', 'nosuchprogram', SCRIPT], says: 'There is no script' },
    { args: ['run', path.join(folder, 'models')], says: 'is a folder; name the script in it' },
    { args: ['run', '--delt', '0.9', SCRIPT], says: "unknown option '--delt'" },
    { args: ['run', '--delta', '99', SCRIPT], says: 'It is a share above 0 and up to 1: 0.99 for 99 %.' },
    { args: ['run', '--budget', 'much', SCRIPT], says: 'It is a share above 0 and up to 1: 0.03 for 3 %.' },
    { args: ['run', '--node', path.join(folder, 'nonode'), SCRIPT], says: 'nonode was not found. Install Node.js' },
    { args: ['run', '--node', note, SCRIPT], says: 'may not be executed' },
    { args: ['run', '--log', note, SCRIPT], says: 'is there already and is not the log of a run; it was left alone' },
    { args: ['run', '--log', path.join(folder, 'nowhere/a.jsonl'), SCRIPT], says: 'cannot be written: ENOENT' },
    { args: ['report'], says: "missing required argument 'log'" },
    { args: ['report', path.join(folder, 'none.jsonl')], says: 'cannot be read: ENOENT' },
    { args: ['report', path.join(folder, 'models')], says: 'cannot be read: EISDIR' },
    { args: ['measure'], says: "missing required argument 'file'" },
    { args: ['measure', '--delta', '0', note], says: 'It is a share above 0 and up to 1' },
    { args: ['frobnicate'], says: "unknown command 'frobnicate'" },
  ])('exits with 2 and says why: $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await saturation(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(readFileSync(note, 'utf8')).toBe('not a log\n')
  })
})

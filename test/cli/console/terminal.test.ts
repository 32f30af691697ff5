import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Terminal } from '@xterm/headless'
import { afterAll, describe, expect, it } from 'vitest'
import { CLI } from '../saturation.ts'

// Node looks for TensorFlow.js from where the script is.
const folder = mkdtempSync(path.resolve('dist', 'terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whether `script` of util-linux is there, which gives a program a terminal. */
const hasScript = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
})()

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

/** Runs a command in a terminal of 24 rows of 80 columns. @returns all that it wrote, and what the terminal then holds */
async function inTerminal(words: string[]): Promise<{ code: number | null; text: string; lines: string[] }> {
  const command = `stty rows 24 cols 80; exec ${words.map((word) => `'${word}'`).join(' ')}`
  // With CI set, Node says that no terminal has colours.
  const { CI: _, ...own } = process.env
  const env = { ...own, TERM: 'xterm-256color', TF_CPP_MIN_LOG_LEVEL: '3' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const terminal = new Terminal({ cols: 80, rows: 24, scrollback: 1000, allowProposedApi: true })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    terminal.write(chunk)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve) => terminal.write('', resolve))
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '')
  return { code, text, lines }
}

describe.skipIf(!hasScript)('a script’s terminal', () => {
  it('is the same terminal as without us', async () => {
    const script = write(
      'streams.cjs',
      `const of = (s) => [s.isTTY, s.columns, s.rows, s.hasColors?.(256), typeof s.clearLine, typeof s.cursorTo]
      console.log(JSON.stringify([of(process.stdout), of(process.stderr), process.stdin.isTTY, process.env.FORCE_COLOR]))
      require('node:child_process').spawnSync('tty', { stdio: 'inherit' })
      console.log({ a: 1 })`,
    )
    const alone = await inTerminal([process.execPath, script])
    const withUs = await inTerminal([process.execPath, CLI, 'run', script])
    const withoutBars = await inTerminal([process.execPath, CLI, 'run', '--no-live', script])
    const shown = ({ lines }: { lines: string[] }): string[] => {
      return lines.slice(0, 4).map((line) => line.replace(/^\/dev\/\S+/, 'a terminal'))
    }
    expect(shown(alone)[0]).toContain('[[true,80,24,true,"function","function"]')
    expect(shown(alone)[2]).toBe('a terminal')
    expect(shown(withUs)).toEqual(shown(alone))
    expect(shown(withoutBars)).toEqual(shown(alone))
    // Colours as well.
    const last = alone.text.trimEnd().split('\n').at(-1)!
    for (const { text } of [withUs, withoutBars]) expect(text).toContain(last)
  })

  it('keeps the lines that a training draws again and again, with live bars below them', async () => {
    const script = write(
      'redraws.cjs',
      `const tf = require('@tensorflow/tfjs-node')
      const model = tf.sequential()
      model.add(tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4], name: 'hidden' }))
      model.add(tf.layers.dense({ units: 1 }))
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      const draw = (epoch) => {
        process.stdout.clearLine(0)
        process.stdout.cursorTo(0)
        process.stdout.write('epoch ' + epoch + ' of 40')
      }
      const pause = () => new Promise((resolve) => setTimeout(resolve, 40))
      const callbacks = { onEpochEnd: async (epoch) => (draw(epoch + 1), await pause()) }
      const [x, y] = [tf.randomNormal([64, 4]), tf.randomNormal([64, 1])]
      model.fit(x, y, { epochs: 40, verbose: 0, callbacks }).then(async () => {
        console.log('\\ntrained')
        await model.fit(x, y, { epochs: 1, batchSize: 4, verbose: 1 })
        console.log('done')
      })`,
    )
    const { code, text, lines } = await inTerminal([process.execPath, CLI, 'run', script])
    expect(code).toBe(0)
    expect(lines.slice(0, 4)).toEqual(['epoch 40 of 40', 'trained', 'Epoch 1 / 1', expect.stringMatching(/^eta=/)])
    const at = lines.indexOf('done')
    expect(lines.slice(at + 1, at + 4)).toEqual([
      '',
      expect.stringMatching(/^Layer .*Train +Eval/),
      expect.stringMatching(/^hidden /),
    ])
    // Bars were shown below, and nothing is left of them.
    expect(text).toMatch(/Epoch \d+\/40 · step/)
    expect(lines.join('\n')).not.toContain('· step')
    expect(text.lastIndexOf('\u001b[r')).toBeGreaterThan(text.indexOf('\u001b[1;'))
  })
})

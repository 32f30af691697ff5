import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSource } from '../../../src/source/background/readSource.ts'
import { SourceThread } from '../../../src/source/background/sourceThread.ts'

let folder: string
let entry: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-source-'))
  entry = path.join(folder, 'sourceWorker.cjs')
  const main = path.resolve(import.meta.dirname, '../../../src/source/background/main.ts')
  await build({ entryPoints: [main], bundle: true, platform: 'node', format: 'cjs', outfile: entry, logLevel: 'error' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => path.join(folder, name)
const TRAINING = `import '@tensorflow/tfjs'\nmodel.fit(x, y)`

describe('the thread for source files', () => {
  it('answers, also after a text that its parser does not finish', async () => {
    const source = new SourceThread(entry, 1000)
    try {
      const hang = `// train\n${'a<b>('.repeat(24)}`
      const site = { line: 2, column: 1 }
      const answers = await Promise.all([
        source.ask('trains', TRAINING, at('train.js')),
        source.ask('trains', hang, at('hang.ts')),
        source.ask('definitionsIn', hang, at('hang.ts'), true, [site]),
        source.ask('definitionsIn', hang, at('hang.ts'), false, [site, { line: 9, column: 1 }]),
      ])
      expect(answers).toEqual([true, null, null, [{ start: 9, end: hang.length }, null]])
    } finally {
      source.dispose()
    }
    // Its time may be up, or its thread gone, whatever the machine does: the next one answers.
    const next = new SourceThread(entry)
    expect(await next.ask('trains', TRAINING, at('train.js'))).toBe(true)
    expect(await next.ask('trains', 'x()', at('other.js'))).toBe(false)
    next.dispose()
    expect(await next.ask('trains', TRAINING, at('train.js'))).toBeNull()
  })

  it('reads regular files of a limited size only, whatever an import names', async (test) => {
    if (process.platform !== 'linux') return test.skip()
    symlinkSync('/dev/zero', at('zero.js'))
    execFileSync('mkfifo', [at('pipe.js')])
    writeFileSync(at('long.js'), ' '.repeat(4_000_001))
    writeFileSync(at('model.js'), TRAINING)
    const names = ['zero', 'pipe', 'long', '..', 'none']
    expect(names.map((name) => readSource(at(`${name}.js`)))).toEqual([null, null, null, null, null])
    expect(readSource('/proc/kmsg')).toBeNull()
    const source = new SourceThread(entry)
    const imports = names.map((name) => `import './${name}.js'\n`).join('')
    expect(await source.ask('trains', `${imports}import './model.js'\ntrain()`, at('main.js'))).toBe(true)
    source.dispose()
  })

  it('reads a file again when it was modified', () => {
    const file = at('changes.js')
    const write = (text: string, time: number): void => {
      writeFileSync(file, text)
      utimesSync(file, time, time)
    }
    write('one', 1000)
    expect(readSource(file)).toBe('one')
    write('two', 1000)
    expect(readSource(file)).toBe('one')
    write('two', 2000)
    expect(readSource(file)).toBe('two')
  })
})

import { build } from 'esbuild'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { layersOf, runPlain, scriptPath, train, type Trained } from '../training.ts'

/** The file, line and column after each mark in a file, counted from 1. */
function marks(name: string): Record<string, { file: string; line: number; column: number }> {
  const file = scriptPath(name)
  const found: ReturnType<typeof marks> = {}
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((text, i) => {
      for (const match of text.matchAll(/\/\*@(\w+)\*\/ ?/g)) {
        found[match[1]!] = { file, line: i + 1, column: match.index + match[0].length + 1 }
      }
    })
  return found
}

/** Construction sites of the run's layers, by name. Layers made by one line have numbered names and share one mark. */
function sites({ events }: Trained): Record<string, unknown> {
  return Object.fromEntries(layersOf(events).map((layer) => [layer.name, layer.site]))
}

describe('construction sites', () => {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'saturation-sites-')))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are exact in CommonJS: loops, helpers, subclasses', async () => {
    const { loop, map, ...others } = marks('sites/sites.cjs')
    const expected = { ...others, loop0: loop, loop1: loop, loop2: loop, map1: map, map2: map }
    expect(sites(await train('sites/sites.cjs'))).toEqual(expected)
  })

  it('are exact in ES modules, and name the module that constructs the layer', async () => {
    expect(sites(await train('sites/sites.mjs'))).toEqual({
      ...marks('sites/sites.mjs'),
      ...marks('sites/sitesHelper.mjs'),
    })
  })

  it.each(['linked', 'inline'] as const)(
    'are exact in bundled TypeScript with a source map that is %s, and the user’s own traces stay the same',
    async (sourcemap) => {
      const outfile = path.join(folder, sourcemap, 'sites.cjs')
      mkdirSync(path.dirname(outfile))
      symlinkSync(path.resolve('node_modules'), path.join(path.dirname(outfile), 'node_modules'), 'dir')
      await build({
        entryPoints: [scriptPath('sites/sites.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        packages: 'external',
        minify: true,
        sourcemap,
      })
      const [watched, plain] = await Promise.all([train(outfile), runPlain(outfile)])
      expect(sites(watched)).toEqual(marks('sites/sites.ts'))
      expect(plain.stdout).toContain('the user looks at this')
      expect(watched.stdout).toBe(plain.stdout)
      expect(watched.stderr).toBe(plain.stderr)
      expect([watched.exitCode, plain.exitCode]).toEqual([1, 1])
    },
  )

  /** Makes a project whose bundle has a source map that names files as webpack does. */
  async function packed(name: string): Promise<{ source: string; bundle: string; map: string }> {
    const project = path.join(folder, name)
    const source = path.join(project, 'src', 'sites.ts')
    mkdirSync(path.dirname(source), { recursive: true })
    copyFileSync(scriptPath('sites/sites.ts'), source)
    symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'), 'dir')
    const bundle = path.join(project, 'dist', 'main.cjs')
    await build({
      entryPoints: [source],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      packages: 'external',
      sourcemap: true,
    })
    const map = JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as { sources: string[] }
    map.sources = ['webpack://some-app/./src/sites.ts?1a2b']
    return { source, bundle, map: JSON.stringify(map) }
  }

  /** Puts a bundle's code into an `eval`, as webpack's development mode does with each module. */
  function evaluate(bundle: string, map: string | null): void {
    const code = readFileSync(bundle, 'utf8').replace(/\/\/# sourceMappingURL=.*\n$/, '')
    const inline = `data:application/json;charset=utf-8;base64,${Buffer.from(map ?? '').toString('base64')}`
    const end = map === null ? '' : `//# sourceURL=[module]\n//# sourceMappingURL=${inline}\n`
    const module = JSON.stringify(`${code}\n${end}//# sourceURL=webpack-internal:///./src/sites.ts\n`)
    writeFileSync(bundle, `var modules = { main: () => { eval(${module}) } }\nmodules.main()\n`)
  }

  it('are exact where the source map names files as webpack does', async () => {
    const { source, bundle, map } = await packed('packed')
    writeFileSync(`${bundle}.map`, map)
    expect(sites(await train(bundle))).toEqual(marks(source))
  })

  it('are exact where each module of a bundle is evaluated, with a source map of its own', async () => {
    const { source, bundle, map } = await packed('evaluated')
    evaluate(bundle, map)
    expect(sites(await train(bundle))).toEqual(marks(source))
  })

  it('are null where evaluated modules have no source map: places in the bundle would be wrong', async () => {
    const { bundle } = await packed('unmapped')
    evaluate(bundle, null)
    const run = await train(bundle)
    expect(sites(run)).toEqual({ typed: null, listed: null })
    expect(run.state.problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^No line of yours is known for/),
    )
  })

  it('of loaded models are the call that loads each, in a bundle that includes its packages as ES modules', async () => {
    const project = path.join(folder, 'modules')
    mkdirSync(project)
    symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'), 'dir')
    const source = path.join(project, 'load.mjs')
    copyFileSync(scriptPath('sites/loads.mjs'), source)
    const outfile = path.join(project, 'out', 'load.mjs')
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      minify: true,
      sourcemap: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      banner: {
        js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)`,
      },
      define: { __dirname: '"."', __filename: '"."' },
    })
    const [watched, plain] = await Promise.all([train(outfile), runPlain(outfile)])
    const expected = Object.entries(marks('sites/loads.mjs')).map(([name, place]) => [name, { ...place, file: source }])
    expect(sites(watched)).toEqual(Object.fromEntries(expected))
    expect(plain.stdout).toContain('Error: the user looks at this')
    expect(watched.stdout).toBe(plain.stdout)
  })

  it('are null in a bundle that includes its packages and has no source map, and a problem says why', async () => {
    const project = path.join(folder, 'bare')
    mkdirSync(project)
    symlinkSync(path.resolve('node_modules'), path.join(project, 'node_modules'), 'dir')
    const contents = `const tf = require('@tensorflow/tfjs')
      const model = tf.sequential({ layers: [tf.layers.dense({ name: 'lost', units: 2, inputShape: [2] })] })
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
      model.fit(tf.ones([8, 2]), tf.ones([8, 2]), { verbose: 0 })`
    const outfile = path.join(project, 'main.cjs')
    await build({ stdin: { contents, resolveDir: project }, outfile, bundle: true, platform: 'node' })
    const { state } = await train(outfile)
    expect(state.layers[0]).toMatchObject({ name: 'lost', site: null })
    expect(state.problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^No line of yours is known for lost: .*without a source map/),
    )
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import * as tf from '@tensorflow/tfjs'
import { staticApplications, staticModel } from '../../../src/model/static/staticModel.ts'
import { readModels } from '../../../src/source/model/readModels.ts'
import { generatedModel } from './generatedModel.ts'
import { realApplications } from './realLayers.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const programs = ['test/fixtures', 'examples'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name) ? [path.join(entry.parentPath, entry.name)] : [],
  ),
)

it('every construction that is read from our programs has the shape and the parameters of the real layer', () => {
  let compared = 0
  for (const file of programs) {
    const reading = readModels(read(file) ?? '', file, read)
    expect(reading, file).not.toBeNull()
    const known = staticApplications(reading!)
    const real = realApplications(reading!)
    const seen = new Set<number>()
    known.forEach((application, n) => {
      const { layer } = reading!.applications[n]!
      const isRepeated = seen.has(layer)
      seen.add(layer)
      const built = real[n]
      if (!application || built === 'unknown') return
      const where = `${path.relative(ROOT, file)}: ${JSON.stringify(application.layer)}`
      expect(application.shape, where).toEqual(built?.shape)
      if (!isRepeated) expect(application.parameters, where).toBe(built?.parameters)
      compared++
    })
  }
  expect(compared).toBeGreaterThan(500)
})

it.each(Array.from({ length: 40 }, (_, n) => n + 1))(
  'a generated model has the layers of the real one (%i)',
  (seed) => {
    const code = generatedModel(seed)
    // The code is our own generator's.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const real = (new Function('tf', `${code}; return model`) as (library: typeof tf) => tf.LayersModel)(tf)
    const reading = readModels(code, 'model.js')!
    expect(reading.models, code).toHaveLength(1)
    const found = staticModel(reading, reading.models[0]!)!
    const layers = found.layers.flatMap(({ name, kind, shape, parameters }) =>
      name ? [[name, kind, shape, parameters]] : [],
    )
    const named = real.layers.filter(({ name }) => name.startsWith('layer'))
    const expected = named.map((layer) => [layer.name, layer.getClassName(), layer.outputShape, layer.countParams()])
    const byName = (rows: unknown[][]): unknown[][] => rows.toSorted(([a], [b]) => String(a).localeCompare(String(b)))
    expect(byName(layers), code).toEqual(byName(expected))
    expect(found.parameters).toBe(real.countParams())
  },
)

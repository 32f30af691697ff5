import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll } from 'vitest'
import { onLayerConstructed } from '../../../src/instrumentation/hooks/layerConstruction.ts'
import { Overrides } from '../../../src/instrumentation/overrides/overrides.ts'
import { constructionSite } from '../../../src/instrumentation/sites/constructionSite.ts'
import type { Override } from '../../../src/protocol/overrides.ts'
import type { WidthLayer } from '../../../src/source/edits/plan.ts'
import { planWidthEdits } from '../../../src/source/edits/planWidthEdits.ts'

/** A layer that a program has constructed, with its site as the monitor finds it. */
type Built = Omit<WidthLayer, 'to'>

/** The file that programs begin with. It exports a function of `tf`. */
const MAIN = 'main.cjs'
const folders: string[] = []

let overrides = new Overrides([])

onLayerConstructed((layer) => {
  const site = constructionSite(layer, false)
  overrides.constructing(layer, { site: () => site, isLoaded: () => false })
  if (site) unfinished.push({ layer, site })
})
const unfinished: { layer: object; site: { file: string; line: number; column: number } }[] = []

afterAll(() => {
  Reflect.deleteProperty(Object.prototype, '_callHook')
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** Texts by file name; the first is the program. */
export type Files = Readonly<Record<string, string>>

/**
 * Runs a program that constructs layers, with the real TensorFlow.js.
 * @param overridden what is overridden in the construction of its layers
 * @returns the layers that have a width, in the order of their construction, their configs, and the folder of the files.
 */
export function build(
  files: Files,
  overridden: Override[] = [],
): { folder: string; layers: Built[]; configs: string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'edits-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  unfinished.length = 0
  const main = createRequire(import.meta.url)(path.join(folder, MAIN)) as (library: typeof tf) => unknown
  overrides = new Overrides(overridden)
  main(tf)
  overrides.settle()
  overrides = new Overrides([])
  const built = unfinished.flatMap(({ layer, site }) => {
    const { name, cell } = layer as { name: string; cell?: object }
    for (const property of ['filters', 'units', 'outputDim']) {
      const from =
        (layer as Record<string, unknown>)[property] ?? (cell as Record<string, unknown> | undefined)?.[property]
      if (typeof from === 'number') return [{ layer: name, name, ...site, property, from }]
    }
    return []
  })
  const configs = unfinished.map(({ layer }) => JSON.stringify((layer as tf.layers.Layer).getConfig()))
  return { folder, configs, layers: built.map((each, i) => ({ ...each, layer: `${i} ${each.name}` })) }
}

/** What came of changing widths in a program. */
export interface Changed {
  /** `a 64 → 48` for each edit, by what it was and is; the text of choices and refusals. */
  edits: string[]
  choices: string[]
  refused: string[]
  /** The texts after the edits. */
  files: Record<string, string>
  /** Widths of the layers that the edited program constructs, in the order of construction. */
  after: number[]
  before: number[]
  /** The layers that the edits are for, and the configs of all layers after the edits, by construction. */
  edited: string[]
  configs: string[]
}

/**
 * Plans widths for a program, applies the edits and runs it again.
 * @param wanted by position of the layer in the order of construction
 */
export function change(files: Files, wanted: Readonly<Record<number, number>>, groups: number[][] = []): Changed {
  const { folder, layers } = build(files)
  const request = {
    script: path.join(folder, MAIN),
    cwd: folder,
    layers: layers.map((layer, i) => ({ ...layer, to: wanted[i] ?? layer.from })),
    groups: groups.map((group) => group.map((i) => layers[i]!.layer)),
  }
  const plan = planWidthEdits(request, (file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return null
    }
  })
  const texts: Record<string, string> = { ...files }
  for (const edit of [...plan.edits].sort((a, b) => b.start - a.start)) {
    const name = path.basename(edit.file)
    const text = texts[name]!
    if (text.slice(edit.start, edit.end) !== edit.text) throw new Error('The place is not where its text is.')
    texts[name] = text.slice(0, edit.start) + edit.newText + text.slice(edit.end)
  }
  const after = build(texts)
  return {
    edits: plan.edits.map(
      ({ file, line, text, newText, form }) => `${form} ${path.basename(file)}:${line} ${text} → ${newText}`,
    ),
    choices: plan.choices.map(
      ({ definition, here, uses }) =>
        `${definition.map(({ text, newText }) => `${text} → ${newText}`).join()} | ${here.map(({ text, newText }) => `${text} → ${newText}`).join()} | ${uses.map(({ text }) => text).join('; ')}`,
    ),
    refused: plan.refused.map(({ reason }) => {
      const at = 'place' in reason ? ` ${reason.place.text}` : ''
      const values = 'values' in reason ? ` ${reason.values.map(({ value }) => value).join()}` : ''
      return `${reason.kind}${at}${values}`
    }),
    files: texts,
    before: layers.map(({ from }) => from),
    after: after.layers.map(({ from }) => from),
    edited: plan.edits.flatMap((edit) => edit.layers.map((id) => layers.find(({ layer }) => layer === id)!.name)),
    configs: after.configs,
  }
}

import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { cases } from '../../stress.ts'
import type { Description } from './description.ts'
import { inheritAtRandom, type Inheriting } from './inheriting.ts'
import { randomDescription } from './randomDescription.ts'

const MODELS = cases(50, 150)
const SEED = 15

const results: Inheriting[] = []

/**
 * Whether a model computes the same of the same inputs, and narrower ones by the same formula. Code that divides by the
 * root of a width does not: nothing in a step shows where the number comes from.
 */
const isDeterministic = ({ nodes }: Description) =>
  nodes.every(({ options }) => !['noise', 'scaleByWidth'].includes(options['op'] as string))

beforeAll(async () => {
  await tf.setBackend('cpu')
  let state = SEED
  // Any generator will do; this is that of Park and Miller.
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647
  for (const description of fc.sample(randomDescription, { seed: SEED, numRuns: 4 * MODELS })) {
    if (results.length === MODELS) break
    if (description.way !== 'model' || !isDeterministic(description)) continue
    const result = await inheritAtRandom(description, random)
    if (result) results.push(result)
  }
})

/** A description in few lines, for a counterexample. */
const inShort = ({ inputs, nodes, losses, widths }: Description): string =>
  [
    `widths ${JSON.stringify(widths)}`,
    ...inputs.map(({ id, shape }) => `${id}: [${shape.join()}]`),
    ...nodes.map(({ id, kind, from, options }) => `${id} = ${kind}(${from.join()}) ${JSON.stringify(options)}`),
    ...losses.map(({ kind, from, size }) => `loss ${kind}(${from.join()}) ${size}`),
  ].join('\n  ')

it(`${MODELS} random models of other widths inherit the function of the model they come from`, () => {
  const faults = results.flatMap(({ faults }) => faults)
  const kinds = new Map<string, { count: number; smallest: string; nodes: number }>()
  for (const { description, changed, message } of faults) {
    const kind = message.replace(/[\d.e+-]+/g, 'N').slice(0, 60)
    const shown = {
      nodes: description.nodes.length,
      smallest: `${JSON.stringify(changed)}: ${message}\n  ${inShort(description)}`,
    }
    const known = kinds.get(kind)
    const least = known && known.nodes <= shown.nodes ? known : shown
    kinds.set(kind, { ...least, count: (known?.count ?? 0) + 1 })
  }
  expect([...kinds.values()].map(({ count, smallest }) => `${count} × ${smallest}`).join('\n')).toBe('')
})

it('most groups of random models can be folded, or say why not', () => {
  const reasons = new Map<string, number>()
  for (const reason of results.flatMap(({ kept }) => kept)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const sum = (count: (result: Inheriting) => number) => results.reduce((total, each) => total + count(each), 0)
  const list = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`)
  console.log(
    `${results.length} random models, ${sum(({ folded }) => folded)} groups folded, ` +
      `${sum(({ compared }) => compared)} networks compared; kept: ${list.join(', ')}`,
  )
  expect(results.length).toBe(MODELS)
})

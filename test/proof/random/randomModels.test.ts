import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { cases } from '../../stress.ts'
import type { Description } from './description.ts'
import { judge, type Judgement } from './freedom.ts'
import { randomDescription } from './randomDescription.ts'

const MODELS = cases(125, 500)
const SEED = 14
/** The least share of free layers that has to be recognised. */
const RECOGNISED = 0.9

/** Models that are drawn: some throw as they are, as TensorFlow.js does not take every combination. */
const DRAWN = MODELS * 1.08

const judgements: Judgement[] = []

beforeAll(async () => {
  await tf.setBackend('cpu')
  for (const description of fc.sample(randomDescription, { seed: SEED, numRuns: DRAWN })) {
    if (judgements.length === MODELS) break
    const judgement = await judge(description)
    if (judgement) judgements.push(judgement)
  }
})

/** A description in few lines, for a counterexample. */
const inShort = ({ way, inputs, nodes, losses, widths }: Description): string =>
  [
    `${way}, widths ${JSON.stringify(widths)}`,
    ...inputs.map(({ id, shape }) => `${id}: [${shape.join()}]`),
    ...nodes.map(({ id, kind, from, options }) => `${id} = ${kind}(${from.join()}) ${JSON.stringify(options)}`),
    ...losses.map(({ kind, from, size }) => `loss ${kind}(${from.join()}) ${size}`),
  ].join('\n  ')

/**
 * Every group that is called free gets a smaller width that its multiple and offset allow, alone; then all groups become
 * wider at once, and some wider while the others become narrower. Each program takes one step.
 */
it(`no width that is called free makes one of ${MODELS} random models throw`, () => {
  const throws = judgements.flatMap((judgement) => judgement.throws)
  // Of each kind of failure the smallest program is shown.
  throws.sort((a, b) => a.description.nodes.length - b.description.nodes.length)
  const kinds = new Map<string, { count: number; smallest: string }>()
  for (const { description, changed, message } of throws) {
    const kind = message.replace(/\d+/g, 'N').slice(0, 60)
    const smallest = `${JSON.stringify(changed)}: ${message}\n  ${inShort(description)}`
    const known = kinds.get(kind) ?? { count: 0, smallest }
    kinds.set(kind, { ...known, count: known.count + 1 })
  }
  expect([...kinds.values()].map(({ count, smallest }) => `${count} × ${smallest}`).join('\n')).toBe('')
})

/** What is free is found by trying; `judge` has the rule. */
it('of the layers that are really free, at least 90 % are recognised as free', () => {
  const sum = (count: (judgement: Judgement) => number) => judgements.reduce((total, each) => total + count(each), 0)
  const [recognised, missed] = [sum(({ recognised }) => recognised.length), sum(({ missed }) => missed.length)]
  const share = recognised / (recognised + missed)
  const reasons = new Map<string, number>()
  for (const { said } of judgements.flatMap(({ missed }) => missed)) reasons.set(said, (reasons.get(said) ?? 0) + 1)
  const list = [...reasons].sort(([, a], [, b]) => b - a).map(([said, count]) => `${said} ${count}`)
  console.log(
    `${judgements.length} random models, ${sum(({ groups }) => groups)} groups called free, ` +
      `${sum(({ followed }) => followed)} changes followed; ${recognised} of ${recognised + missed} free layers ` +
      `recognised (${(share * 100).toFixed(1)} %), missed: ${list.join(', ') || 'none'}`,
  )
  expect(judgements.length).toBe(MODELS)
  expect(share).toBeGreaterThanOrEqual(RECOGNISED)
})

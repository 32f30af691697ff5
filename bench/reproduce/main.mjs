/**
 * Small honest versions of the paper's experiments, with the product's own commands, on CIFAR-10 where a folder has it,
 * else on the MNIST images of the repository. Writes docs/reproduction.md and its charts. What was interrupted goes on where
 * it ended: trainings that are in the folder are not repeated.
 *
 *   npm run reproduce                               all parts
 *   npm run reproduce -- resolution altering        only these; the document has what the folder has
 *   npm run reproduce -- --cifar FOLDER --dir FOLDER
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import * as prettier from 'prettier'
import { ROOT } from '../../setup/lib/paths.mjs'
import { altering } from './claims/altering.mjs'
import { contribution } from './claims/contribution.mjs'
import { convergence } from './claims/convergence.mjs'
import { lossless } from './claims/lossless.mjs'
import { online } from './claims/online.mjs'
import { resolution } from './claims/resolution.mjs'
import { drawer } from './draw.mjs'
import { loadParts } from './parts.mjs'
import { Runs } from './runs.mjs'
import { RESULTS, STEPS } from './steps.mjs'

const DOCUMENT = path.join(ROOT, 'docs', 'reproduction.md')
/** In the order of the paper's claims. */
const CLAIMS = { lossless, online, convergence, contribution, altering, resolution }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cifar: { type: 'string', default: process.env.SATURATION_CIFAR },
    dir: { type: 'string', default: path.join(ROOT, 'artifacts', 'reproduce') },
  },
})
const unknown = positionals.find((part) => !Object.hasOwn(STEPS, part))
if (unknown) throw new Error(`There is no part ${unknown}; there are ${Object.keys(STEPS).join(', ')}.`)
if (!existsSync(path.join(ROOT, 'dist', 'saturation.cjs'))) throw new Error('Build first: npm run build.')

const report = (/** @type {string} */ text) => process.stderr.write(`${text}\n`)
const data = values.cifar ? ['--cifar', path.resolve(values.cifar)] : []
const runs = new Runs(path.join(path.resolve(values.dir), values.cifar ? 'cifar' : 'mnist'), data, report)
const parts = positionals.length > 0 ? positionals : Object.keys(STEPS)
for (const part of parts) {
  try {
    await STEPS[part]?.(runs)
  } catch (error) {
    // The other parts do not depend on it.
    report(`${part}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

const tools = { parts: await loadParts(), draw: drawer(await loadParts()) }
const chapters = Object.entries(CLAIMS).flatMap(([name, describe]) =>
  RESULTS[/** @type {keyof typeof RESULTS} */ (name)].every((result) => runs.has(result))
    ? [describe(runs, tools)]
    : [],
)
const text = [
  '# The paper’s claims, reproduced in small',
  `“Feature Space Saturation during Training” (arXiv 2006.08679) makes six claims. Each is tried here with the command that a user has for it, on ${values.cifar ? '3,000 training images of CIFAR-10' : '3,000 of the MNIST images of the examples'} and 2,000 others, with a VGG that has batch normalisation and a quarter of the paper’s filters, trained for 8 epochs. \`npm run reproduce${values.cifar ? ' -- --cifar FOLDER' : ''}\` wrote this page; seeds of the data’s order are not fixed, so numbers vary.`,
  'The paper’s networks have four times the filters, 17 times the images and many more epochs. So shapes are compared, not values. One training each: differences of a point or two are noise.',
  'Saturation is measured on the outputs of the convolutions, before normalisation and activation, as in the paper, at delta .99, of the training data, with all observations of the last epoch.',
  ...chapters.flatMap(({ title, text: paragraphs }) => [`## ${title}`, ...paragraphs]),
].join('\n\n')
const options = await prettier.resolveConfig(DOCUMENT)
writeFileSync(DOCUMENT, await prettier.format(text, { ...options, parser: 'markdown' }))
for (const { pictures } of chapters)
  for (const [file, svg] of Object.entries(pictures)) {
    const target = path.join(ROOT, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, svg)
  }
report(`Wrote ${path.relative(process.cwd(), DOCUMENT)}.`)

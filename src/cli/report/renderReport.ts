import { chosenOptions } from '../../presentation/chosenOptions.ts'
import { asSentence, describeInherited } from '../../presentation/inherited.ts'
import { brokenWords } from '../../presentation/layer/verdictWord.ts'
import { percent } from '../../presentation/numbers.ts'
import { describeOverrides } from '../../presentation/overrides.ts'
import { describeSampling } from '../../presentation/sampling.ts'
import type { Colors } from '../console/colors.ts'
import type { Report } from '../../report/report.ts'
import { layerTable } from './layerTable.ts'
import { renderProof } from './proofTable.ts'
import { exactTable } from './exactTable.ts'
import { probeTable } from './probeTable.ts'
import { projectionTable } from './projectionTable.ts'

/** Packages whose versions the table names; --json has all. */
const VERSIONS = ['node', 'tfjs-node-gpu', 'tfjs-node', 'tfjs-core', 'saturation-inspector']

/** Milliseconds of training below which the monitor's share says nothing: its start takes most of it. */
const SHORTEST_TRAINING_MS = 2000

/**
 * The report as a person reads it: a table of the layers, and below it the run in a few lines.
 * @param columns room for the table, in characters
 */
export function renderReport(report: Report, colors: Colors, columns = Infinity): string {
  const { run, layers } = report
  const parts = layers.length > 0 ? [layerTable(report, colors, columns)] : []
  if (layers.length === 0 && run.problems.length === 0) parts.push('No layer was measured.')
  const reasons = new Map<string, string[]>()
  for (const { name, reason } of report.notMeasured) reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  for (const [reason, names] of reasons) parts.push(colors.dim(`Not measured (${reason}): ${names.join(', ')}`))
  if (report.projection) parts.push('', projectionTable(report.projection, colors), '')
  if (report.exact) parts.push('', exactTable(report.exact, colors), '')
  if (report.probe) parts.push('', probeTable(report.probe, colors), '')
  if (report.proof) parts.push('', renderProof(report.proof, colors, layers), '')
  parts.push(...problemLines(run.problems, colors), runLine(report))
  return parts.join('\n')
}

/** A line for each problem; problems with the same advice stand together, with the advice once below them. */
function problemLines(problems: Report['run']['problems'], colors: Colors): string[] {
  const byAdvice = new Map<string, string[]>()
  for (const { layer, message, advice, times } of problems) {
    const where = layer === null || message.includes(layer) ? '' : `${layer}: `
    const often = times > 1 ? ` (${times} times)` : ''
    byAdvice.set(advice, [...(byAdvice.get(advice) ?? []), `${colors.yellow('!')} ${where}${message}${often}`])
  }
  return [...byAdvice].flatMap(([advice, lines]) => (advice ? [...lines, `  ${colors.dim(advice)}`] : lines))
}

function runLine(report: Report): string {
  const { run } = report
  const broken = brokenWords(
    report.layers.flatMap(({ split, verdict }) => (split === 'train' && verdict !== 'not measured' ? [verdict] : [])),
  )
  const facts = [endWords(report), ...(broken === null ? [] : [asSentence(broken)])]
  const overridden = describeOverrides(run.overrides)
  if (overridden !== null) facts.push(`Overridden: ${overridden}.`)
  const inherited = describeInherited(run)
  if (inherited !== null) facts.push(asSentence(inherited))
  if (run.savedModel !== null) facts.push(`The model is saved in ${run.savedModel}.`)
  const chosen = run.measure ? chosenOptions(run.measure) : []
  if (chosen.length > 0) facts.push(`Measured with ${chosen.join(', ')}.`)
  if (run.overhead && run.overhead.trainingMs < SHORTEST_TRAINING_MS) {
    facts.push('Monitor: its share of so short a training says nothing.')
  } else if (run.overhead) {
    const reduced = describeSampling(run.overhead.sampling)
    const measuring = reduced === null ? '' : `, measuring ${reduced}`
    facts.push(`Monitor: ${percent(run.overhead.share)} of the training time${measuring}.`)
  }
  const versions = VERSIONS.filter((name) => run.versions[name]).map((name) => `${name} ${run.versions[name]}`)
  if (run.backend) versions.push(`backend ${run.backend}`)
  if (versions.length > 0) facts.push(`${versions.join(', ')}.`)
  return facts.join(' ')
}

/** How the run ended; leaves out what a problem listed above it says already. */
function endWords({ run, layers }: Report): string {
  if (run.how === null) return 'The run has not ended, or its log was cut off.'
  const said = run.problems.some(({ layer, message }) => layer === null && run.message?.includes(message))
  if (run.how === 'failed' && said)
    return `The script failed${run.exitCode === null ? '' : ` with exit code ${run.exitCode}`}.`
  if (run.how === 'completed' && layers.length === 0 && run.problems.length > 0) return 'The script ended.'
  return run.message ?? ''
}

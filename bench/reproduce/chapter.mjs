/**
 * @typedef {object} Chapter one claim of the paper, as the document has it
 * @property {string} title
 * @property {string[]} text Markdown, paragraphs
 * @property {Record<string, string>} pictures SVG by file name
 *
 * @typedef {object} Tools
 * @property {import('./parts.mjs').Parts} parts
 * @property {(name: string, chart: Parameters<import('./parts.mjs').Parts['htmlChart']>[0]) => { file: string, svg: string, markdown: string }} draw
 */

/** A share in percent. @param {number} value @param {number} [digits] */
export function percent(value, digits = 1) {
  return `${(100 * value).toFixed(digits)} %`
}

/** A Markdown table; numbers stand to the right. @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** What came out, and whether the paper has the same. @param {boolean} holds @param {string} words */
export function verdict(holds, words) {
  if (words.includes('NaN')) return `**Not measured:** ${words.replaceAll('NaN', '–')}`
  return `**${holds ? 'Reproduced' : 'Not reproduced'}:** ${words}`
}

/**
 * The saturation of the hidden layers at the end of a training, in the order of the forward pass.
 * @param {import('./runs.mjs').Report} report
 */
export function profile({ layers }) {
  return layers.filter(({ split, verdict: word }) => split === 'train' && word !== 'output')
}

/** The accuracy on the validation data at the end of a training. @param {import('./runs.mjs').Report} report */
export function accuracy({ run: { epochs } }) {
  return epochs.at(-1)?.metrics['val_acc'] ?? NaN
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

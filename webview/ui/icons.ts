import type { VerdictKind } from '../../src/advice/verdictKind.ts'

/** Outlines on a 16 × 16 grid. Shapes differ, so that a verdict can be told without its colour. */
const OUTLINES: Record<VerdictKind | 'problem', string> = {
  underused: 'M8 2.5v10M4 8.5l4 4.5 4-4.5',
  crowded: 'M8 13.5v-10M4 7.5L8 3l4 4.5',
  healthy: 'M3 8.5l3.5 3.5L13 4.5',
  limited: 'M3 3v10M13 3v10M5.5 8h5',
  dead: 'M4 4l8 8M12 4l-8 8',
  output: 'M2.5 8h10M8.5 4l4.5 4-4.5 4',
  settling: 'M2 9.5c1.5-4 3-4 4.5-1s3 3 4.5 0 2-2 3-2',
  provisional: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.5l2.5 1.5',
  'warming up': 'M3 8h.01M8 8h.01M13 8h.01',
  'not measured': 'M3 8h10',
  'not trained': 'M3 8h10',
  'non-finite': 'M8 2L1.5 13.5h13zM8 6.5v3.5M8 12v.01',
  problem: 'M8 2L1.5 13.5h13zM8 6.5v3.5M8 12v.01',
}

const SVG = 'http://www.w3.org/2000/svg'

/** An icon of the size of text, hidden from assistive technology: a word always stands beside it. */
export function icon(kind: VerdictKind | 'problem'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', OUTLINES[kind])
  svg.append(path)
  return svg
}

import type { EndedWindow } from '../run/endedWindows.ts'
import { nearestStep } from './widthSteps.ts'

/**
 * Returns about how many of its features a layer uses: √(width · k₉₉), rounded to a step of widths. It is the geometric
 * mean of the present width, which is known to train, and of the dimensions that hold 99 % of the variance, with which
 * alone a training from scratch does worse. Of the closed rules that were compared it saved most at the least loss
 * (docs/advice.md); whether a width is enough, only a training shows.
 * @param k99 mean of k₉₉ over several windows, or that of one
 * @returns a whole number of features; 0 for a layer without variance
 */
export function estimatedWidth({ width, k99 }: Pick<EndedWindow, 'width' | 'k99'>): number {
  return nearestStep(Math.sqrt(width * k99))
}

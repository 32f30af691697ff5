import { DEFAULT_OPTIONS, type MeasureOptions } from '../protocol/measureOptions.ts'

/**
 * The options that were chosen and say what is measured, in words, such as `convolution: mean`; empty where all are the
 * defaults.
 */
export function chosenOptions(options: MeasureOptions): string[] {
  return Object.entries(options)
    .filter(([name, value]) => {
      // It adds to what is reported and changes no number.
      if (name === 'embedding') return false
      if (name === 'halfLife' && options.window !== 'exponential') return false
      return JSON.stringify(value) !== JSON.stringify(DEFAULT_OPTIONS[name as keyof MeasureOptions])
    })
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
}

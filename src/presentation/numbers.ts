/** Made once: making one takes longer than all the numbers of a layer. */
const FORMAT = new Intl.NumberFormat('en')

/** A number as a person reads it: `1,280`. */
export function number(value: number): string {
  return FORMAT.format(value)
}

/** A number of things as a person reads it: `1,280 observations`, `1 observation`. */
export function pluralise(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`
}

/** A share in [0, 1] as a person reads it: `12 %`, `0.4 %`, `99.9 %`, `< 0.1 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.05) return '< 0.1 %'
  const digits = value === Math.round(value) || (value >= 1 && value < 99) ? 0 : 1
  return `${value.toFixed(digits)} %`
}

/** The shares between two others: `12–78 %`, or one share where both read the same. */
export function percentRange(lowest: number, highest: number): string {
  const [low, high] = [percent(lowest), percent(highest)]
  return low === high ? low : `${low.replace(/ %$/, '')}–${high}`
}

/** Milliseconds as a person says them: `45 s`, `1 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const rest = minutes % 60
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${Math.floor(minutes / 60)} h`
}

/** Floating-point operations as a person reads them, to three digits: `940`, `1.27 M`, `35 G`. */
export function flops(count: number): string {
  return scaled(count).join(' ').trimEnd()
}

/** The same with its unit: `940 FLOPs`, `1.27 MFLOPs`. */
export function flopsWords(count: number): string {
  return `${scaled(count).join(' ')}FLOPs`
}

/** A count to three digits, and the prefix of its unit. */
function scaled(count: number): [value: string, prefix: string] {
  const [prefix, size] = PREFIXES.find(([, least]) => count >= least) ?? ['', 1]
  return [number(Number((count / size).toPrecision(3))), prefix]
}

/** Prefixes of units with their sizes, the largest first. */
const PREFIXES = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const

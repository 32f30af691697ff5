import { duration } from '../numbers.ts'

/** What has become of a trial, as one line: `conv1.filters=8: completed in 12 s`. */
export function resultLine(
  network: string,
  { how, reason, seconds }: { how: string; reason: string | null; seconds: number },
): string {
  return `saturation: ${network}: ${how} ${how === 'completed' ? 'in' : 'after'} ${duration(1000 * seconds)}${reason === null ? '' : `. ${reason}`}`
}

/** What is said of a trial that was ended before its time and is begun again. */
export function begunAgainLine({ network, how }: { network: string; how: 'again' | 'lost' }): string {
  const why = how === 'lost' ? 'the machine that it ran on is gone' : 'the trials together took too much memory'
  return `saturation: ${network}: ended early, because ${why}; it begins again`
}

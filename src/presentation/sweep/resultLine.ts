import { duration } from '../numbers.ts'

/** What has become of a trial, as one line: `conv1.filters=8: completed in 12 s`. */
export function resultLine(
  network: string,
  { how, reason, seconds }: { how: string; reason: string | null; seconds: number },
): string {
  return `saturation: ${network}: ${how} ${how === 'completed' ? 'in' : 'after'} ${duration(1000 * seconds)}${reason === null ? '' : `. ${reason}`}`
}

import type { RunningLayer } from '../../protocol/trials/probe.ts'
import { duration, pluralise } from '../numbers.ts'

/** How far a task has come that does one layer after another: `conv3, 2 of 6 layers done, 12 s left`. */
export function layerProgress({ name, done, of, secondsLeft }: RunningLayer): string {
  const left = secondsLeft === null ? '' : `, ${duration(1000 * secondsLeft)} left`
  return `${name}, ${done} of ${pluralise(of, 'layer')} done${left}`
}

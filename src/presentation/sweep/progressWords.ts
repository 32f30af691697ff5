import { duration, number, pluralise } from '../numbers.ts'

/** How far a study has come. */
export interface StudyWords {
  readonly done: number
  readonly running: readonly { readonly name: string; readonly epoch: number | null; readonly epochs: number | null }[]
  readonly waiting: number
  /** Milliseconds; null where nothing tells. */
  readonly leftMs: number | null
}

/** `3 of 12 trials done, about 4 min left; running: conv1.filters=8 (epoch 2 of 10)`. */
export function progressWords({ done, running, waiting, leftMs }: StudyWords): string {
  const all = done + running.length + waiting
  const left = leftMs === null ? '' : `, about ${duration(leftMs)} left`
  const names = running.map(({ name, epoch, epochs }) => {
    if (epoch === null) return name
    return `${name} (epoch ${number(epoch)}${epochs === null ? '' : ` of ${number(epochs)}`})`
  })
  const now = names.length === 0 ? '' : `; running: ${names.join(', ')}`
  return `${number(done)} of ${pluralise(all, 'trial')} done${left}${now}`
}

/** Said of trials that an earlier command has finished. */
export function earlierWords(trials: number): string {
  return `${pluralise(trials, 'trial')} of an earlier study ${trials === 1 ? 'is' : 'are'} not repeated`
}

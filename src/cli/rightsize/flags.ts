import type { AfterTrainingFlags } from '../afterTraining/flags.ts'

/** Options of `saturation rightsize`. */
export interface RightsizeFlags extends Omit<AfterTrainingFlags, 'log'> {
  dir?: string
  metric?: string
  fromScratch?: true
  early?: true
  full?: true
  repeatBaseline?: true
  epochs?: number
}

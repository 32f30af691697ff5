import type { Reason, WidthChoice, WidthEdit, WidthRefusal } from '../../source/edits/plan.ts'
export function editWords({ layers, from, to }: WidthEdit, nameOf: (id: string) => string): string {
  return `${layers.map(nameOf).join(', ')}: ${to} instead of ${from}`
}
export function refusalWords({ layers, reason }: WidthRefusal, nameOf: (id: string) => string): string {
  return `The width of ${layers.map(nameOf).join(', ')} cannot be edited: ${(reason as Reason).kind}.`
}
export function choiceWords(choice: WidthChoice, nameOf: (id: string) => string) {
  return {
    title: `The width of ${choice.layers.map(nameOf).join(', ')} is used elsewhere, too`,
    definition: { label: 'Change it where it is defined', detail: `${choice.uses.length} other uses` },
    here: { label: 'Write the number here', detail: '' } as { label: string; detail: string } | null,
  }
}

import { expect } from '@playwright/test'
import { test } from './support/fixture.ts'
import * as scripts from './support/scripts.ts'

const FAULTS = [
  { name: 'throws.js', text: scripts.THROWS, phase: 'Failed', problem: 'RangeError: the second data set is missing' },
  { name: 'syntax.js', text: scripts.NOT_JAVASCRIPT, phase: 'Failed', problem: 'SyntaxError' },
  {
    name: 'untrained.js',
    text: scripts.NEVER_TRAINS,
    phase: 'Finished',
    problem: 'No TensorFlow.js layer ran in training',
  },
  { name: 'lost.js', text: `import '@tensorflow/tfjs-nod'\n`, phase: 'Failed', problem: "'@tensorflow/tfjs-nod'" },
]

test('a script that fails says in the panel what is wrong and what to do', async ({ workbench, site }) => {
  for (const { name, text, phase, problem } of FAULTS) {
    site.write(name, text)
    await workbench.openFile(name)
    await workbench.run()
    await workbench.ended(phase)
    await expect(workbench.panel.locator('h1', { hasText: name })).toBeVisible()
    const shown = workbench.panel.locator('.problems li', { hasText: problem })
    await expect(shown).toHaveCount(1)
    await expect(shown.locator('.advice')).not.toBeEmpty()
    await workbench.picture(`fault-${name.replace('.js', '')}`)
  }
})

test('NaN is reported for the layer that has it, and the run goes on', async ({ workbench, site }) => {
  site.write('nan.js', scripts.NOT_A_NUMBER)
  await workbench.openFile('nan.js')
  await workbench.run()
  await workbench.ended('Finished')
  await expect(workbench.terminal).toContainText('went on to the end')
  await expect(workbench.row('broken')).toContainText('NaN or infinity')
  await expect(workbench.lens(/NaN or infinity in [\d,]+ observations/)).toBeVisible()
  await expect(workbench.panel.locator('.problems li', { hasText: 'broken' })).toHaveCount(1)
  await workbench.picture('fault-nan')
})

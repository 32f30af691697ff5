import { expect, it } from 'vitest'
import { untilStarted } from '../../src/vscode/startupExtensions.ts'

function extension(activationEvents: string[] | undefined, isActive = false) {
  return { isActive, packageJSON: { activationEvents } }
}

it('waits for the extensions that start with the window, and for no others', async () => {
  const atStart = extension(['onStartupFinished'])
  const always = extension(['onCommand:x', '*'])
  let started = false
  const waiting = untilStarted([extension(['onLanguage:python']), extension(undefined), atStart, always]).then(
    () => (started = true),
  )
  atStart.isActive = true
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(started).toBe(false)
  always.isActive = true
  await waiting
})

it('does not wait for ever, nor at all where all have started', async () => {
  await untilStarted([extension(['*'])], 1)
  await untilStarted([extension(['*'], true)], Infinity)
})

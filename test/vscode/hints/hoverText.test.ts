import { expect, test } from 'vitest'
import type { OfferedAction } from '../../../src/presentation/actions/layerActions.ts'
import { hoverText } from '../../../src/vscode/hints/hoverText.ts'

const action: OfferedAction = { id: 'use', title: 'Use 4 units', tooltip: 'Changes it', width: 4, layers: ["a) '(b"] }

test('no text of a name can make a link, and no name ends the link of an action', () => {
  const text = hoverText(['<command:saturation.stop> [x](command:y) https://z $(bug)'], [action])
  const [line = '', links = ''] = text.split('\n\n')
  expect(line.match(/(?<!\\)[<>[\]()!:$]/g)).toBeNull()
  const [, title, address = ''] = /^\[([^\]]*)\]\((\S+) "[^"]*"\)$/.exec(links) ?? []
  expect(title).toBe('Use 4 units')
  expect(address).not.toMatch(/[()' ]/)
  expect(JSON.parse(decodeURIComponent(address.split('?')[1] ?? ''))).toEqual([["a) '(b"], 4])
})

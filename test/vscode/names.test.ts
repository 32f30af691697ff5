import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS, CONTEXT_KEYS, SETTINGS, SETTINGS_SECTION, TASK_TYPE, VIEWS } from '../../src/vscode/names.ts'

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } }
  contributes: {
    commands: { command: string }[]
    menus: Record<string, { command: string; when?: string }[]>
    views: Record<string, { id: string }[]>
    taskDefinitions: { type: string }[]
    configuration: { properties: Record<string, unknown> }
  }
}

const { capabilities, contributes } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as Manifest

const commands = Object.values<string>(COMMANDS)
const contextKeys = Object.values<string>(CONTEXT_KEYS)
const settings = Object.values(SETTINGS).map((name) => `${SETTINGS_SECTION}.${name}`)
const views = Object.values<string>(VIEWS)

const menuItems = Object.values(contributes.menus).flat()
/** Names of ours in all `when` clauses; names of settings have the prefix `config.`. */
const namesInWhenClauses = menuItems.flatMap(({ when }) => when?.match(/(?:config\.)?saturation\.[\w.]+/g) ?? [])

test('package.json contributes exactly the commands, settings, views and task type of the constants', () => {
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual(commands.sort())
  expect(Object.keys(contributes.configuration.properties).sort()).toEqual(settings.sort())
  const contributedViews = Object.values(contributes.views).flat()
  expect(contributedViews.map(({ id }) => id).sort()).toEqual(views.sort())
  expect(contributes.taskDefinitions.map(({ type }) => type)).toEqual([TASK_TYPE])
})

test('menus and trust refer to known commands and settings', () => {
  for (const { command } of menuItems) expect(commands).toContain(command)
  for (const setting of capabilities.untrustedWorkspaces.restrictedConfigurations) expect(settings).toContain(setting)
})

test('when clauses use known names only, and every context key is used', () => {
  const known = [...contextKeys, ...views, ...settings.map((setting) => `config.${setting}`)]
  for (const name of namesInWhenClauses) expect(known).toContain(name)
  for (const key of contextKeys) expect(namesInWhenClauses).toContain(key)
})

import { existsSync } from 'node:fs'
import { cp, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import { checkSetup } from './checkSetup.ts'
import { requireTrust } from '../workspaceTrust.ts'
import { foreignText } from '../foreignText.ts'

/**
 * Copies an example to a folder, installs what it needs, and runs it. The user chooses both.
 * @param run starts a script with Saturation
 */
export async function openExample(extension: vscode.Uri, run: (script: vscode.Uri) => Promise<void>): Promise<void> {
  if (!(await requireTrust())) return
  try {
    const folder = await copyExample(path.join(extension.fsPath, 'examples'))
    if (!folder) return
    const script = vscode.Uri.file(path.join(folder, 'train.js'))
    await vscode.window.showTextDocument(script)
    if (await checkSetup(extension, vscode.Uri.file(folder))) await run(script)
  } catch (error) {
    void vscode.window.showErrorMessage(`The example cannot be opened: ${foreignText((error as Error).message)}`)
  }
}

/** @returns the copy's folder; undefined when the user cancels. @throws Error when the folder exists already. */
async function copyExample(examples: string): Promise<string | undefined> {
  const names = await readdir(examples)
  const items = await Promise.all(
    names.map(async (name) => ({ name, ...(await describeExample(path.join(examples, name))) })),
  )
  const chosen = await vscode.window.showQuickPick(items, { title: 'Saturation: Open Example', placeHolder: 'Example' })
  if (!chosen) return undefined
  const places = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: 'Copy Example Here',
  })
  if (!places?.[0]) return undefined
  const target = path.join(places[0].fsPath, `${chosen.name}-example`)
  if (existsSync(target)) throw new Error(`${target} is there already.`)
  const source = path.join(examples, chosen.name)
  const leftOut = ['node_modules', '.vscode']
  await cp(source, target, { recursive: true, filter: (file) => !leftOut.includes(path.basename(file)) })
  return target
}

/** An example's heading and first sentence, from its README. The sentence starts with a command, which is left out. */
async function describeExample(folder: string): Promise<{ label: string; detail: string }> {
  const [heading = '', , ...rest] = (await readFile(path.join(folder, 'README.md'), 'utf8')).split('\n')
  const sentence = /^`[^`]*` (.*?)[.:](?:\s|$)/.exec(rest.join(' '))?.[1] ?? ''
  return { label: heading.replace(/^# /, ''), detail: sentence.charAt(0).toUpperCase() + sentence.slice(1) }
}

import { existsSync } from 'node:fs'
import { cp, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import { checkSetup } from './checkSetup.ts'
import { mayRun } from '../workspaceTrust.ts'

/**
 * Copies one of the examples to a folder of the user's choice, provides what it needs, and runs it.
 * @param run starts a script with Saturation.
 */
export async function openExample(extension: vscode.Uri, run: (script: vscode.Uri) => Promise<void>): Promise<void> {
  if (!(await mayRun())) return
  try {
    const folder = await copyExample(path.join(extension.fsPath, 'examples'))
    if (!folder) return
    const script = vscode.Uri.file(path.join(folder, 'train.js'))
    await vscode.window.showTextDocument(script)
    if (await checkSetup(extension, vscode.Uri.file(folder))) await run(script)
  } catch (error) {
    void vscode.window.showErrorMessage(`The example cannot be opened: ${(error as Error).message}`)
  }
}

/** @returns the copy's folder; undefined when the user thinks better of it. */
async function copyExample(examples: string): Promise<string | undefined> {
  const names = await readdir(examples)
  const items = await Promise.all(names.map(async (name) => ({ name, ...(await describe(path.join(examples, name))) })))
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
  await cp(source, target, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' })
  return target
}

/** An example's heading, and its first sentence behind the command that is no news here. */
async function describe(folder: string): Promise<{ label: string; detail: string }> {
  const [heading = '', , ...rest] = (await readFile(path.join(folder, 'README.md'), 'utf8')).split('\n')
  const sentence = /^`[^`]*` (.*?)[.:](?:\s|$)/.exec(rest.join(' '))?.[1] ?? ''
  return { label: heading.replace(/^# /, ''), detail: sentence.charAt(0).toUpperCase() + sentence.slice(1) }
}

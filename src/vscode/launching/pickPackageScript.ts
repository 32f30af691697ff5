import path from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'

/** Files of a workspace that are looked at, at most. */
const MOST_FILES = 100

const Package = v.object({ scripts: v.optional(v.record(v.string(), v.string()), {}) })

/** A script of a package.json. */
export interface ChosenScript {
  name: string
  /** The package.json. */
  file: vscode.Uri
}

/**
 * Lets the user choose among the scripts of the workspace's package.json files; says so where there are none.
 * @param file the only package.json to look at; all when left out
 */
export async function pickPackageScript(file?: vscode.Uri): Promise<ChosenScript | undefined> {
  const files = file ? [file] : await vscode.workspace.findFiles('**/package.json', '**/node_modules/**', MOST_FILES)
  const lists = await Promise.all(files.sort((a, b) => a.fsPath.length - b.fsPath.length).map(scriptsOf))
  const items = lists.flat()
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no package.json with scripts in this workspace.')
    return undefined
  }
  const title = 'Run npm Script with Saturation'
  const options = { title, placeHolder: 'The script that trains your model', matchOnDetail: true }
  return vscode.window.showQuickPick(items, options)
}

/** A package.json's scripts; none where it cannot be read: its editor says why. */
async function scriptsOf(file: vscode.Uri): Promise<(vscode.QuickPickItem & ChosenScript)[]> {
  try {
    const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString()
    const { scripts } = v.parse(Package, JSON.parse(text))
    const folder = path.dirname(vscode.workspace.asRelativePath(file))
    const description = folder === '.' ? {} : { description: folder }
    return Object.entries(scripts).map(([name, detail]) => ({ label: name, detail, ...description, name, file }))
  } catch {
    return []
  }
}

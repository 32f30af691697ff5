import path from 'node:path'
import * as v from 'valibot'
import * as vscode from 'vscode'

/** Number of package.json files of a workspace that are read at most. */
const MAX_PACKAGE_FILES = 100

const PackageFile = v.object({ scripts: v.optional(v.record(v.string(), v.string()), {}) })

/** A script of a package.json. */
export interface PackageScript {
  name: string
  /** The package.json. */
  file: vscode.Uri
}

/**
 * Lets the user choose a script from the workspace's package.json files; tells the user if there is none.
 * @param file the only package.json to read; all by default
 */
export async function pickPackageScript(file?: vscode.Uri): Promise<PackageScript | undefined> {
  const files = file
    ? [file]
    : await vscode.workspace.findFiles('**/package.json', '**/node_modules/**', MAX_PACKAGE_FILES)
  const lists = await Promise.all(files.sort((a, b) => a.fsPath.length - b.fsPath.length).map(readScripts))
  const items = lists.flat()
  if (items.length === 0) {
    void vscode.window.showInformationMessage('There is no package.json with scripts in this workspace.')
    return undefined
  }
  const title = 'Run npm Script with Saturation'
  const options = { title, placeHolder: 'The script that trains your model', matchOnDetail: true }
  return vscode.window.showQuickPick(items, options)
}

/** A package.json's scripts; none when it cannot be read, since the editor shows what is wrong with the file. */
async function readScripts(file: vscode.Uri): Promise<(vscode.QuickPickItem & PackageScript)[]> {
  try {
    const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString()
    const { scripts } = v.parse(PackageFile, JSON.parse(text))
    const folder = path.dirname(vscode.workspace.asRelativePath(file))
    const description = folder === '.' ? {} : { description: folder }
    return Object.entries(scripts).map(([name, detail]) => ({ label: name, detail, ...description, name, file }))
  } catch {
    return []
  }
}

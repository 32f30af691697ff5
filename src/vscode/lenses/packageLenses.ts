import * as vscode from 'vscode'

/** The package.json files of projects; those of what is installed are read, and not run. */
export const PACKAGE_FILES: vscode.DocumentFilter = { language: 'json', scheme: 'file', pattern: '**/package.json' }

/** A lens above the scripts of a package.json that depends on TensorFlow.js: run one of them. */
export const packageLenses: vscode.CodeLensProvider = {
  provideCodeLenses(document) {
    const text = document.getText()
    const at = text.search(/^\s*"scripts"\s*:/m)
    if (at < 0 || !text.includes('"@tensorflow/') || /[\\/]node_modules[\\/]/.test(document.fileName)) return []
    const { line } = document.positionAt(text.indexOf('"scripts"', at))
    const tooltip = 'Runs a script by the package manager and shows how much of each layer is used'
    const command = { title: '$(play) Run with Saturation', tooltip, command: 'saturation.runPackageScript' }
    return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { ...command, arguments: [document.uri] })]
  },
}

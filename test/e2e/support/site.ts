import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const ROOT = path.join(__dirname, '../../..')

/** A temporary folder with a copy of the MNIST example as the workspace. */
export class Site {
  /** Contains the workspace, the extensions and the profiles. Its path is short because sockets are created in it. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sat-e2e-'))
  readonly workspace = path.join(this.folder, 'mnist')

  /**
   * Copies the example, which here has half of the images to train on and a third of those to validate with.
   * TensorFlow.js is linked into the folder above the workspace, so that the explorer does not show it.
   */
  constructor() {
    mkdirSync(this.workspace)
    const example = path.join(ROOT, 'examples', 'mnist')
    for (const name of ['.vscode', 'data', 'data.js', 'model.js', 'train.js', 'package.json'])
      cpSync(path.join(example, name), this.file(name), { recursive: true })
    // The widest layer has 320 features, and a number of it is provisional below 3,200 images in an epoch.
    this.replace('data.js', 'slice(0, 8000)', 'slice(0, 4000)')
    this.replace('data.js', 'slice(8000, 10000)', 'slice(8000, 8600)')
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.folder, 'node_modules'), 'junction')
  }

  /** Returns the absolute path of a file in the workspace. */
  file(name: string): string {
    return path.join(this.workspace, name)
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8')
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text)
  }

  /** Replaces a part of a file. @throws Error when the file does not have it. */
  replace(name: string, part: string, other: string): void {
    const text = this.read(name)
    if (!text.includes(part)) throw new Error(`${name} does not have ${part}.`)
    this.write(name, text.replace(part, other))
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

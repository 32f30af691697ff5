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
   * Copies the example. TensorFlow.js is linked into the folder above the workspace, so that the explorer does not show
   * it.
   */
  constructor() {
    mkdirSync(this.workspace)
    const example = path.join(ROOT, 'examples', 'mnist')
    for (const name of ['data', 'data.js', 'model.js', 'train.js', 'package.json'])
      cpSync(path.join(example, name), this.file(name), { recursive: true })
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

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

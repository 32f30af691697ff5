import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { System } from './systems.ts'
import { transpiled } from './systems.ts'

const INSTALLED = path.resolve('node_modules')
const SCOPE = '@tensorflow'

/** Package layouts of other package managers, built by hand after what the real ones install. */
export const LAYOUTS: System[] = [
  {
    name: 'pnpm: linked node_modules',
    prepare(folder, backend) {
      linkedPackages(folder, backend.package)
      return transpiled(folder, backend, 'cjs')
    },
  },
  {
    name: 'workspaces: models in a package of their own',
    prepare(folder, backend) {
      const models = path.join(folder, 'packages', 'models')
      const app = path.join(folder, 'packages', 'app')
      mkdirSync(models, { recursive: true })
      mkdirSync(app)
      mkdirSync(path.join(folder, 'node_modules'))
      // npm and yarn make the same link.
      symlinkSync('../packages/models', path.join(folder, 'node_modules', 'models'), 'dir')
      writeFileSync(path.join(folder, 'package.json'), '{"private":true,"workspaces":["packages/*"]}')
      writeFileSync(path.join(models, 'package.json'), '{"name":"models","version":"1.0.0"}')
      const scripts = { train: 'node index.mjs' }
      writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', scripts }))
      writeFileSync(path.join(app, 'index.mjs'), "import 'models/train.mjs'\n")
      const { extension } = transpiled(models, backend, 'esm')
      return { args: ['--npm', 'train'], extension, sources: models, cwd: app }
    },
  },
]

/**
 * Lays packages out as pnpm does: each has a folder of its own, with links to its dependencies beside it. Only the
 * wanted package is at the top.
 */
function linkedPackages(folder: string, wanted: string): void {
  const store = path.join(folder, 'node_modules', '.pnpm')
  /** Folders of the packages in the store, by package name. */
  const placed = new Map<string, string>()
  const place = (name: string): string => {
    const known = placed.get(name)
    if (known !== undefined) return known
    const from = path.join(INSTALLED, name)
    if (!name.startsWith(`${SCOPE}/`)) return from
    const own = path.join(store, name.replace('/', '+'), 'node_modules')
    const to = path.join(own, name)
    placed.set(name, to)
    mkdirSync(path.dirname(to), { recursive: true })
    // pnpm makes hard links, too. A symbolic link would lead Node to node_modules, where all packages see each other.
    execFileSync('cp', ['-al', from, to])
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8')) as {
      dependencies?: object
      peerDependencies?: object
    }
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies }))
      link(place(dependency), own, dependency)
    return to
  }
  link(place(wanted), path.join(folder, 'node_modules'), wanted)
}

function link(to: string, folder: string, name: string): void {
  const at = path.join(folder, name)
  if (existsSync(at) || !existsSync(to)) return
  mkdirSync(path.dirname(at), { recursive: true })
  symlinkSync(to, at, 'dir')
}

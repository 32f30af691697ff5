import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')
/** Files that a folder of code may hold: more of them hide the concept that the folder stands for. */
const MAX_FILES = 12
const FOLDERS = ['src', 'webview', 'setup', 'bench', 'test']

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const pages = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)]

/** Paths of this repository that a text names in backticks. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`((?:src|webview|setup|bench|test|docs)\/[\w./-]*)`/g)]
  return quoted.map(([, file = '']) => file)
}

describe('the table of where to change what', () => {
  const section = /^## To change …, go to …$([\s\S]*?)^## /m.exec(read('docs/architecture.md'))?.[1] ?? ''
  const rows = section.split('\n').filter((line) => /^\| (?!to change)/.test(line))

  it('has at least twenty rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(20)
  })

  it.each(rows)('%s', (row) => {
    const paths = pathsIn(row)
    expect(paths.length).toBeGreaterThan(0)
    for (const file of paths) expect(existsSync(path.join(ROOT, file)), file).toBe(true)
  })
})

it.each(pages)('%s names files that exist', (page) => {
  expect(pathsIn(read(page)).filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})

it('every room of src is in the table of rooms', () => {
  const page = read('docs/architecture.md')
  const rooms = readdirSync(path.join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of rooms) expect(page).toContain(`| \`src/${name}\` |`)
})

it.each(FOLDERS)(`no folder of %s holds more than ${MAX_FILES} files`, (folder) => {
  const entries = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
  const counts = new Map<string, number>()
  for (const entry of entries) {
    if (entry.isFile()) counts.set(entry.parentPath, (counts.get(entry.parentPath) ?? 0) + 1)
  }
  expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([])
})

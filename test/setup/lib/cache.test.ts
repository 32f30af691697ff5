import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cached } from '../../../setup/lib/cache.mjs'
import { withLock } from '../../../setup/lib/lock.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'setup-cache-'))
  vi.stubEnv('SATURATION_CACHE', root)
  build.mockClear()
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

const build = vi.fn((folder: string) => {
  writeFileSync(path.join(folder, 'library.so'), 'native code')
  return Promise.resolve()
})

describe('the cache', () => {
  it('builds a folder once, and again after damage', async () => {
    const folder = await cached('thing-1', build)
    expect(await cached('thing-1', build)).toBe(folder)
    expect(build).toHaveBeenCalledTimes(1)
    writeFileSync(path.join(folder, 'library.so'), 'native cod€')
    await cached('thing-1', build)
    expect(build).toHaveBeenCalledTimes(2)
    expect(readFileSync(path.join(folder, 'library.so'), 'utf8')).toBe('native code')
    rmSync(path.join(folder, 'library.so'))
    await cached('thing-1', build)
    expect(build).toHaveBeenCalledTimes(3)
  })

  it('accepts a file whose checksum is right though its time has changed (a copied home folder)', async () => {
    const folder = await cached('thing-1', build)
    utimesSync(path.join(folder, 'library.so'), new Date(0), new Date(0))
    await cached('thing-1', build)
    expect(build).toHaveBeenCalledTimes(1)
  })

  it('leaves no folder behind when the build failed', async () => {
    const failing = (folder: string): Promise<void> => {
      writeFileSync(path.join(folder, 'half'), '')
      return Promise.reject(new Error('the network is gone'))
    }
    await expect(cached('thing-1', failing)).rejects.toThrow('the network is gone')
    expect(existsSync(path.join(root, 'thing-1'))).toBe(false)
    await cached('thing-1', build)
    expect(existsSync(path.join(root, 'thing-1', 'half'))).toBe(false)
  })

  it('lets one of two set-ups build while the other waits', async () => {
    const report = vi.fn()
    let running = 0
    const slow = async (folder: string): Promise<void> => {
      expect(++running).toBe(1)
      // Either of the two may take the lock first; the other one reports that it waits.
      await vi.waitFor(() => expect(report).toHaveBeenCalledTimes(1), { timeout: 120_000 })
      running--
      await build(folder)
    }
    await Promise.all([cached('thing-1', slow, report), cached('thing-1', slow, report)])
    expect(build).toHaveBeenCalledTimes(1)
    expect(report.mock.calls).toEqual([[`waiting for another set-up (process ${process.pid})`]])
  })
})

describe('a lock', () => {
  it('is taken over from a killed process', async () => {
    const file = path.join(root, 'a.lock')
    const code = `import('${path.resolve('setup/lib/lock.mjs')}').then(({ withLock }) => withLock(process.argv[1], () => new Promise(() => setInterval(console.log, 50, 'mine'))))`
    const holder = spawn(process.execPath, ['-e', code, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(existsSync(file)).toBe(true)
    expect(await withLock(file, () => Promise.resolve('ours'))).toBe('ours')
    expect(existsSync(file)).toBe(false)
  })

  it('is released when its work fails', async () => {
    const file = path.join(root, 'a.lock')
    await expect(withLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(existsSync(file)).toBe(false)
  })
})

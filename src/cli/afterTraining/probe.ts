import path from 'node:path'
import { findTail, probedNetwork, withoutTail } from '../../comparison/contribution/tail.ts'
import { makeFolder } from '../../learned/makeFolder.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { probePage } from '../../report/html/probePage.ts'
import { probeJson } from '../../report/probeJson.ts'
import { runScript } from '../run/run.ts'
import { printJson, printLine } from '../console/terminalText.ts'
import { shellWords, textOf } from '../rightsize/reproduce.ts'
import { tryScript } from '../try/try.ts'
import { checkPage, writePage } from './page.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'

/** Options of `saturation probe`. */
export interface ProbeFlags extends AfterTrainingFlags {
  html?: string
  removeTail?: true
}

/** Exit code where the script ended well, but nothing was probed. */
const NOTHING_PROBED = 1

/**
 * Trains with a script, or puts in the weights of an earlier run, and trains linear probes on the layers of the network.
 * Then it trains the network without its tail, where that is asked for.
 * @returns the script's exit code; 1 where that is 0 and nothing could be probed, or the tail could not be removed.
 * @throws LaunchError or UsageError when nothing was started.
 */
export async function probeScript(script: string, args: string[], given: ProbeFlags): Promise<number> {
  const { seconds, json = false, html, removeTail = false } = given
  checkPage(html)
  // What is trained without the tail is compared with this run, and inherits from it.
  const log = given.log ?? (removeTail && given.from === undefined ? logFor(script) : undefined)
  const flags = { ...given, ...(log === undefined ? {} : { log }) }
  let overrides: Override[] | null = null
  const code = await runScript(script, args, runFlags(flags), {
    task: { kind: 'probe', seconds },
    ownsOutput: json,
    ended: ({ states }) => {
      const state = states.find(({ probe }) => probe !== null)
      if (json && !removeTail) printJson(state ? probeJson(state) : null)
      if (!state?.probe) return NOTHING_PROBED
      const network = probedNetwork(state)
      if (network) writePage(html, () => probePage(path.basename(state.script), network))
      overrides = overridesOf(state)
      return 0
    },
  })
  if (code !== 0) return code
  const candidate = (overrides ?? []).map(textOf).join(',')
  if (!removeTail) {
    if (candidate !== '' && !json) suggest(script, args, candidate, flags)
    return 0
  }
  if (candidate === '') {
    printLine(process.stderr, 'saturation: There is no tail to remove.')
    return NOTHING_PROBED
  }
  const { html: _html, removeTail: _remove, log: _log, from: _from, seconds: _seconds, ...common } = flags
  const baseline = flags.from ?? log
  const inherit = baseline === undefined ? {} : { inherit: baseline }
  return tryScript(script, args, { ...common, ...inherit, candidate: [candidate], seeds: 1, fromScratch: true })
}

/** The overrides that leave the tail out; empty where there is none. */
function overridesOf(state: RunState): Override[] {
  const network = probedNetwork(state)
  const tail = network && findTail(network)
  return tail?.kind === 'tail' ? withoutTail(state.layers, tail) : []
}

/** The command that trains the network without its tail, on the error output below the table. */
function suggest(script: string, args: string[], candidate: string, { from, log, npm }: ProbeFlags): void {
  const baseline = from ?? log
  const words = ['saturation', 'try', ...(npm ? ['--npm'] : []), '--candidate', candidate, '--from-scratch']
  const inherit = baseline === undefined ? [] : ['--inherit', baseline]
  printLine(
    process.stderr,
    `\nTo train the network without its tail and compare:\n  ${shellWords([...words, ...inherit, script, ...args])}`,
  )
}

function logFor(script: string): string {
  const folder = path.join('.saturation', 'probe')
  makeFolder(folder)
  return path.join(folder, `${path.parse(script).name}.jsonl`)
}

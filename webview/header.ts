import { countUnderused, judge, measuredLayers } from '../src/advice/verdict.ts'
import type { Thresholds } from '../src/advice/verdictKind.ts'
import { duration, number, percent } from '../src/presentation/numbers.ts'
import { describeInherited } from '../src/presentation/inherited.ts'
import { describeOverrides } from '../src/presentation/overrides.ts'
import type { RunState } from '../src/run/state.ts'
import { endedBadly, describePhase, position, shareDone, timeLeftWords } from '../src/presentation/progress.ts'
import { brokenWords } from '../src/presentation/layer/verdictWord.ts'
import { runName } from '../src/presentation/runName.ts'
import { describeSampling } from '../src/presentation/sampling.ts'
import { button, element, setText } from './ui/dom.ts'

/** What the header's buttons do. */
export interface HeaderActions {
  stop(): void
  run(): void
  chooseRun(): void
}

/** The run in a few lines: its name, its progress, and what monitoring costs. */
export class Header {
  readonly element: HTMLElement
  readonly #script = element('h1')
  readonly #stop: HTMLButtonElement
  readonly #again: HTMLButtonElement
  /** Leads to the other runs that train; hidden where there are none. */
  readonly #others: HTMLButtonElement
  readonly #phase = element('p', { class: 'phase' })
  readonly #progress = element('progress', { attributes: { 'aria-label': 'Training progress', max: '1' } })
  readonly #facts = element('p', { class: 'facts' })
  /** Screen readers announce each change, so it holds only what changes rarely. */
  readonly #spoken = element('p', { class: 'spoken', attributes: { role: 'status' } })

  constructor(actions: HeaderActions) {
    this.#stop = button('Stop', () => {
      this.#stop.disabled = true
      setText(this.#stop, 'Stopping …')
      actions.stop()
    })
    this.#again = button('Run again', actions.run, 'primary')
    this.#others = button('', actions.chooseRun, 'link others')
    this.#others.hidden = true
    const top = element('div', { class: 'top' }, [this.#script, this.#stop, this.#again])
    this.element = element('header', {}, [top, this.#others, this.#phase, this.#progress, this.#facts, this.#spoken])
  }

  /** Prepares for another run: a request to stop was for the last one. */
  reset(): void {
    this.#stop.disabled = false
    setText(this.#stop, 'Stop')
  }

  /** @param training number of runs that train beside the one that is shown */
  tellOthers(training: number): void {
    this.#others.hidden = training === 0
    setText(this.#others, training === 1 ? '1 more run trains' : `${training} more runs train`)
  }

  /** @param silentFor milliseconds since the last report */
  update(run: RunState, thresholds: Thresholds, silentFor: number): void {
    const phase = describePhase(run, silentFor)
    const where = position(run.progress, run.fit)
    const overridden = describeOverrides(run.overrides)
    setText(this.#script, runName(run))
    // The name may be cut off.
    this.#script.title = [run.script, run.packageScript, ...run.args, overridden && `with ${overridden}`]
      .filter((part) => part !== null)
      .join(' ')
    this.#stop.hidden = run.ended !== null
    this.#again.hidden = run.ended === null
    const step = run.progress && run.progress.epoch !== null ? `step ${number(run.progress.step)}` : null
    const broken = brokenWords(measuredLayers(run).map((layer) => judge(layer, thresholds).kind))
    setText(this.#phase, join([phase, broken, where?.toLowerCase(), step]))
    this.#phase.classList.toggle('failed', endedBadly(run) || (run.ended !== null && broken !== null))

    const done = shareDone(run.progress)
    this.#progress.hidden = done === null || run.ended !== null
    if (done !== null) this.#progress.value = done
    setText(
      this.#facts,
      join([
        run.ended || done === null ? null : `${Math.floor(done * 100)} %`,
        timeLeftWords(run),
        this.#tookWords(run),
        this.#underusedWords(run, thresholds),
        describeInherited(run),
        run.savedModel === null ? null : `model saved in ${run.savedModel}`,
        // The native backend goes without saying.
        run.attached && run.attached.backend !== 'tensorflow' ? `backend ${run.attached.backend}` : null,
        monitoringWords(run),
      ]),
    )
    setText(this.#spoken, join([describePhase(run), broken, where]))
  }

  #tookWords(run: RunState): string | null {
    return run.ended && run.startedAt !== null ? `took ${duration(run.ended.time - run.startedAt)}` : null
  }

  #underusedWords(run: RunState, thresholds: Thresholds): string | null {
    const underused = countUnderused(run, thresholds)
    return underused === 0 ? null : `${underused} of ${measuredLayers(run).length} layers underused`
  }
}

/** What monitoring costs, and what it leaves out to cost no more. */
function monitoringWords({ overhead }: RunState): string | null {
  if (!overhead) return null
  const thinned = describeSampling(overhead.sampling)
  return `monitoring ${percent(overhead.share)} of training time${thinned === null ? '' : `, measuring ${thinned}`}`
}

function join(parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part).join(' · ')
}

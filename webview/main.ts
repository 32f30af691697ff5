import { DEFAULT_THRESHOLDS, type Thresholds } from '../src/advice/verdictKind.ts'
import type { RunEvent } from '../src/protocol/events.ts'
import { fold } from '../src/run/fold.ts'
import type { RunState } from '../src/run/state.ts'
import type { EditorState, ToPage } from '../src/presentation/panelMessages.ts'
import { onMessage, post, savedSelection, saveSelection } from './ui/connection.ts'
import { emptyState } from './emptyState.ts'
import { RedrawScheduler } from './ui/redraw.ts'
import './panel.css'
import { RunView } from './runView.ts'
import { onThemeChange } from './ui/theme.ts'

/** Milliseconds between two updates of how long the run has been silent. */
const SILENCE_CHECK_MS = 5000

/** Types of the events that touch any part of the view. */
const REDRAWN: readonly RunEvent['type'][] = [
  'model',
  'saturation',
  'step',
  'epoch',
  'proof',
  'projection',
  'probe',
  'exact',
  'run ended',
]

let run: RunState | null = null
let thresholds: Thresholds = DEFAULT_THRESHOLDS
let editor: EditorState = { stale: [], ignored: [], comparison: null }
let selected = savedSelection()
let lastReportAt = performance.now()
let changed = new Set<RunEvent['type']>()

const view = new RunView({
  open(layer) {
    select(layer)
    post({ type: 'open layer', layer })
  },
  select,
  stop: () => post({ type: 'stop' }),
  run: () => post({ type: 'run' }),
  chooseRun: () => post({ type: 'choose run' }),
  act: ({ id, layers, width }) => post({ type: 'act', action: id, layers, width }),
})
const empty = emptyState(() => post({ type: 'run' }))
const redraw = new RedrawScheduler(draw)

function select(layer: string | null): void {
  selected = layer
  saveSelection(layer)
  redrawAll()
}

function redrawAll(): void {
  changed = new Set(REDRAWN)
  redraw.request()
}

function draw(): void {
  empty.hidden = run !== null
  view.element.hidden = run === null
  if (run) view.update(run, thresholds, selected, editor, changed, performance.now() - lastReportAt)
  changed.clear()
}

function receive(message: ToPage): void {
  switch (message.type) {
    case 'snapshot': {
      // Runs of two processes may have started in the same millisecond.
      const sameRun = run?.startedAt === message.run?.startedAt && run?.attached?.pid === message.run?.attached?.pid
      run = message.run
      thresholds = message.thresholds
      if (!sameRun) view.reset()
      lastReportAt = performance.now()
      return redrawAll()
    }
    case 'events':
      if (!run) return
      lastReportAt = performance.now()
      for (const event of message.events) if (fold(run, event)) changed.add(event.type)
      return redraw.request()
    case 'others':
      return view.tellOthers(message.training)
    case 'editor':
      editor = message.editor
      return redrawAll()
    case 'reveal':
      select(message.layer)
      // The row has to exist before the view can scroll to it.
      draw()
      return view.reveal(message.layer)
  }
}

document.getElementById('panel')?.append(empty, view.element)
empty.hidden = true
view.element.hidden = true
setInterval(() => run?.phase === 'training' && redraw.request(), SILENCE_CHECK_MS)
onThemeChange(() => {
  view.repaint()
  redrawAll()
})
onMessage(receive)
post({ type: 'ready' })

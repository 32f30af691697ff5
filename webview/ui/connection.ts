import { parseToPage, type FromPage, type ToPage } from '../../src/presentation/panelMessages.ts'

interface VsCodeApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}
declare function acquireVsCodeApi(): VsCodeApi

// VS Code allows only one call per document.
const api = acquireVsCodeApi()

/** Sends a message to the extension. */
export function post(message: FromPage): void {
  api.postMessage(message)
}

/** Calls back for every well-formed message of the extension. */
export function onMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', (event) => {
    const message = parseToPage(event.data)
    if (message) listener(message)
    else console.error('Saturation Inspector: a malformed message was ignored.')
  })
}

/** Id of the layer selected before this document was last hidden; null when there was none. */
export function savedSelection(): string | null {
  const state = api.getState()
  if (typeof state !== 'object' || state === null || !('selected' in state)) return null
  return typeof state.selected === 'string' ? state.selected : null
}

/** Keeps the selected layer's id across hiding and showing the view. */
export function saveSelection(selected: string | null): void {
  api.setState({ selected })
}

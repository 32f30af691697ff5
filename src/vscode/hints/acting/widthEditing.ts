import * as vscode from 'vscode'
import type { WidthChange } from '../../../advice/widthChange.ts'
import type { RunState } from '../../../run/state.ts'
import type { AskSource } from '../../../source/background/tasks.ts'
import { choiceWords, editWords, misfitWords, refusalWords } from '../../../presentation/edits/editWords.ts'
import { applyEdits, type ShownEdit } from './applyEdits.ts'
import { namesIn, wantedNumbers, widthRequest, type Wanted } from './widthRequest.ts'
import type { WidthChoice, WidthEdit, WidthRequest } from '../../../source/edits/plan.ts'

/** Where a layer is constructed in the text as it is now, line and column counted from 1; null where that is not known. */
export type SiteNow = (layer: string, document: vscode.TextDocument) => { line: number; column: number } | null

/** What is known of the documents that construct a run's layers. */
export interface EditedRun {
  run: RunState
  siteNow: SiteNow
  /** Whether a document differs from what the run has trained. */
  isChanged(document: vscode.TextDocument): boolean
}

/** Writes other widths into the code of a run's layers. */
export class WidthEditing {
  readonly #ask: AskSource
  readonly #offerRunAgain: (why: string) => void

  /** @param offerRunAgain tells why the code cannot be edited, and offers to train it again */
  constructor(ask: AskSource, offerRunAgain: (why: string) => void) {
    this.#ask = ask
    this.#offerRunAgain = offerRunAgain
  }

  /**
   * Changes widths in the code; what stands in the way is shown to the person.
   * @param preview whether the person is to confirm the change in any case
   * @returns whether something was changed.
   */
  async change(edited: EditedRun, changes: readonly WidthChange[], preview = false): Promise<boolean> {
    const wanted = wantedNumbers(edited.run, changes)
    const nameOf = namesIn(edited.run, wanted)
    const misfits = wanted.misfits.map((number) => misfitWords(number, nameOf))
    const request = await this.#request(edited, wanted)
    if (!request) return false
    const plan = await this.#ask('planWidthEdits', request, openTexts(edited.run))
    if (!plan) {
      void vscode.window.showWarningMessage('The code was not changed: it took too long to find the widths in it.')
      return false
    }
    const chosen: WidthEdit[] = []
    for (const choice of plan.choices) {
      const edits = await choose(choice, nameOf)
      if (!edits) return false
      chosen.push(...edits)
    }
    const edits: ShownEdit[] = [...plan.edits, ...chosen].map((edit) => ({ edit, words: editWords(edit, nameOf) }))
    // One number may stand in the way of several layers.
    const refused = [...new Set([...misfits, ...plan.refused.map((refusal) => refusalWords(refusal, nameOf))])]
    if (refused.length > 0) void vscode.window.showWarningMessage(refused.join(' '))
    if (edits.length === 0) return false
    return applyEdits(edits, preview || plan.choices.length > 0 || refused.length > 0)
  }

  /** What is asked of the planner; null after the person was told why nothing can be asked. */
  async #request({ run, siteNow, isChanged }: EditedRun, wanted: Wanted): Promise<WidthRequest | null> {
    const touched = new Set([...wanted.widths.keys(), ...wanted.following.map(({ layer }) => layer)])
    const documents = new Map<string, vscode.TextDocument>()
    for (const { site, id } of run.layers) {
      if (!site || !touched.has(id) || documents.has(site.file)) continue
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(site.file))
      if (isChanged(document)) {
        const name = vscode.workspace.asRelativePath(document.uri)
        this.#offerRunAgain(`${name} was changed since the run: its numbers belong to the code as it was.`)
        return null
      }
      documents.set(site.file, document)
    }
    return widthRequest(run, wanted, ({ id, site }) => {
      const document = site && documents.get(site.file)
      return site && { ...site, ...(document && siteNow(id, document)) }
    })
  }
}

/** The texts of the open documents by path, also by the path that the run has reported. */
function openTexts({ layers }: RunState): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const document of vscode.workspace.textDocuments)
    if (document.uri.scheme === 'file') texts[document.uri.fsPath] = document.getText()
  for (const { site } of layers) {
    const path = site && vscode.Uri.file(site.file).fsPath
    if (site && path && texts[path] !== undefined) texts[site.file] = texts[path]
  }
  return texts
}

/** Lets the person choose where a shared constant is changed. @returns undefined when nothing was chosen. */
async function choose(choice: WidthChoice, nameOf: (id: string) => string): Promise<WidthEdit[] | undefined> {
  const { title, definition, here } = choiceWords(choice, nameOf)
  const items = [
    ...(definition ? [{ ...definition, edits: choice.definition }] : []),
    ...(here ? [{ ...here, edits: choice.here }] : []),
  ]
  return (await vscode.window.showQuickPick(items, { title }))?.edits
}

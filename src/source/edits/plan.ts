/** A layer of a run, and the width that it is to have. */
export interface WidthLayer {
  /** Its id in the run. */
  layer: string
  name: string
  /** Where the run says that it is constructed: absolute path, line and column counted from 1. */
  file: string
  line: number
  column: number
  /** The property that holds the number: `units`, or a part of one, as `targetShape[2]`. */
  property: string
  /** The number that the run had. */
  from: number
  /** The number wanted; `from` for a layer that stays as it is. */
  to: number
  /** Whether the construction may lack the property: then there is nothing to change. */
  optional?: boolean
}

export interface WidthRequest {
  /** The script of the run: what it imports is searched for callers and uses. Null where it is not known. */
  script: string | null
  /** The working folder of the run, for files that the script reads; null where it is not known. */
  cwd: string | null
  /**
   * All layers of the run that have a site and a width property, in the run's order, those that stay as well: a number
   * that several layers share is changed for all of them or for none.
   */
  layers: readonly WidthLayer[]
  /** Ids of layers that change together or not at all. */
  groups?: readonly (readonly string[])[]
}

/** A place in a source file. Offsets count from 0 in UTF-16 units, lines from 1. */
export interface Place {
  file: string
  start: number
  end: number
  line: number
  text: string
}

/** How a number is written. */
export type Form = 'literal' | 'constant' | 'property' | 'element' | 'default' | 'argument' | 'field' | 'json' | 'use'

/** The replacement of one number in a text. */
export interface WidthEdit extends Place {
  /** What comes in the place of `text`. */
  newText: string
  from: number
  to: number
  /** Ids of the layers that it changes, in the run's order. */
  layers: string[]
  form: Form
}

/** Edits for which a person has to decide: what defines the number is used for other things, too. */
export interface WidthChoice {
  layers: string[]
  /** Change it where it is defined, and so for all of its uses. Layers that are not to change may be among them. */
  definition: WidthEdit[]
  /** Write the number where these layers use it; empty where that cannot be done. */
  here: WidthEdit[]
  /** The other uses of the definition. */
  uses: Place[]
}

/** Why a width cannot be edited. */
export type Reason =
  /** No construction is at the site: the file has changed. */
  | { kind: 'no construction' }
  /** The construction does not say the property, as far as the text shows. */
  | { kind: 'not found'; place: Place }
  /** An expression computes it. `parts` are the numbers in it. */
  | { kind: 'computed'; place: Place; parts: Place[] }
  /** Something that is not followed gives it. */
  | { kind: 'unknown'; place: Place }
  /** The environment or the command line gave the run another value than the default that the source has. */
  | { kind: 'outside'; place: Place; values: { value: number; place: Place }[] }
  /** The source has other numbers than the run had: it has changed since. */
  | { kind: 'other value'; values: { value: number; place: Place }[] }
  /** Several numbers may be the one, and only some of their layers are to change. */
  | { kind: 'ambiguous'; places: Place[] }
  /** The number makes further layers, which are not to have the same width. */
  | { kind: 'shared'; place: Place; layers: string[] }
  /** Layers that have to change with it cannot be edited. */
  | { kind: 'tied'; layers: string[] }

export interface WidthRefusal {
  layers: string[]
  from: number
  to: number
  reason: Reason
}

export interface WidthPlan {
  edits: WidthEdit[]
  choices: WidthChoice[]
  refused: WidthRefusal[]
}

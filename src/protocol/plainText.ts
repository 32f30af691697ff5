/* Control characters are what this file is about. */
/* eslint-disable no-control-regex */

/** White space that would begin another line or column. */
const BREAKS = /\r\n|[\t-\r\u0085\u2028\u2029]/g
/**
 * Characters that a reader does not see as what they are: controls (C0, C1), which a terminal obeys; marks that turn the
 * direction of a text (https://trojansource.codes); and invisible format characters.
 */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/**
 * A foreign text as one line that every view can show as it is: layer names, kinds, metrics, messages. Breaks become
 * spaces, and hidden characters become visible: a control character the picture of it (␛), any other �. The text gets no
 * longer, and a second call changes nothing.
 */
export function plainText(text: string): string {
  return text.replace(BREAKS, ' ').replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
  })
}

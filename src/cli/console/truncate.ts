/** Shortens a text to `columns` characters by leaving out its end. */
export function truncateEnd(text: string, columns: number): string {
  const characters = [...text]
  return characters.length <= columns ? text : characters.slice(0, Math.max(0, columns - 1)).join('') + '…'
}

/** Shortens a name to `columns` characters by leaving out its middle: names of layers differ at their ends. */
export function truncateMiddle(text: string, columns: number): string {
  const characters = [...text]
  if (characters.length <= columns) return text
  const end = Math.floor((columns - 1) / 2)
  return characters.slice(0, columns - 1 - end).join('') + '…' + characters.slice(characters.length - end).join('')
}

/** Properties of a new element; text is set as text, never as markup. */
interface Options {
  class?: string
  text?: string
  title?: string
  /** ARIA and data attributes. The content security policy forbids `style`: set styles by CSSOM. */
  attributes?: Record<string, string>
}

/** A new element with its children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: Options = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (options.class) made.className = options.class
  if (options.text !== undefined) made.textContent = options.text
  if (options.title) made.title = options.title
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** A new button. */
export function button(label: string, onClick: () => void, className = ''): HTMLButtonElement {
  const made = element('button', { text: label, class: className, attributes: { type: 'button' } })
  made.addEventListener('click', onClick)
  return made
}

/** Sets an element's text only when it differs: setting it costs a layout, and screen readers may announce it. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

/** Sets an attribute only when it differs; null removes it. */
export function setAttribute(target: Element, name: string, value: string | null): void {
  if (value === null) target.removeAttribute(name)
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value)
}

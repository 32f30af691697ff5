import { color } from 'chart.js/helpers'

/** The editor's colours as charts need them: CSS colours, resolved from theme variables. */
export interface Theme {
  foreground: string
  muted: string
  grid: string
  background: string
  /** Told apart by order; a chart with more lines than these uses `depthColor`. */
  palette: readonly string[]
  tooltip: { background: string; foreground: string; border: string }
  fontFamily: string
}

/** The theme as it is now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const read = (names: string[], fallback: string): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim()
      if (value && color(value).valid) return value
    }
    return fallback
  }
  const foreground = read(['foreground', 'editor-foreground'], '#808080')
  const chart = (name: string, fallback: string): string => read([`charts-${name}`], fallback)
  const [yellow, red] = [chart('yellow', '#cca700'), chart('red', '#f14c4c')]
  // Mixed: the theme's own orange is a brown in the dark theme that is hard to see.
  const orange = color(red).mix(color(yellow), 0.5).rgbString()
  return {
    foreground,
    muted: read(['descriptionForeground'], foreground),
    grid: read(['contrastBorder'], color(foreground).alpha(0.15).rgbString()),
    background: read(['sideBar-background', 'editor-background'], '#808080'),
    palette: [chart('blue', '#3794ff'), yellow, chart('green', '#89d185'), chart('purple', '#b180d7'), red, orange],
    tooltip: {
      background: read(['editorHoverWidget-background', 'editor-background'], '#202020'),
      foreground: read(['editorHoverWidget-foreground', 'foreground'], foreground),
      border: read(['editorHoverWidget-border', 'contrastBorder'], foreground),
    },
    fontFamily: getComputedStyle(document.body).fontFamily,
  }
}

/** Calls back when the user switches the colour theme. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener)
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] })
  // VS Code writes the variables to the root's style, and not always in the same tick as the class.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
}

/** Colour of layer `index` of `count`: its own while the palette lasts, else a place on a scale along the depth. */
export function layerColor(theme: Theme, index: number, count: number): string {
  const { palette } = theme
  if (count <= palette.length) return palette[index] ?? theme.foreground
  const [start, end] = [palette[0] ?? theme.foreground, palette[1] ?? theme.foreground]
  return color(start)
    .mix(color(end), 1 - index / (count - 1))
    .rgbString()
}

/** The colour of a line that is there for comparison only. */
export function faded(line: string, alpha: number): string {
  return color(line).alpha(alpha).rgbString()
}

import { color } from 'chart.js/helpers'

/** The editor's colours as charts need them: CSS colours, resolved from theme variables. */
export interface Theme {
  foreground: string
  muted: string
  grid: string
  background: string
  /** Colours of lines by their order; a chart with more lines uses a scale (`layerColor`). */
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
  // The dark theme's own orange is a brown that is hard to see, so orange is mixed from two others.
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
  // VS Code writes the variables to the root's style, sometimes later than it changes the class.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
}

/** Colour of layer `index` of `count`: one of the palette if that has enough, else a mix that changes with depth. */
export function layerColor(theme: Theme, index: number, count: number): string {
  const { palette } = theme
  if (count <= palette.length) return palette[index] ?? theme.foreground
  const [start, end] = [palette[0] ?? theme.foreground, palette[1] ?? theme.foreground]
  return color(start)
    .mix(color(end), 1 - index / (count - 1))
    .rgbString()
}

/** The colour of a line that stands in the background. */
export function faded(line: string, alpha: number): string {
  return color(line).alpha(alpha).rgbString()
}

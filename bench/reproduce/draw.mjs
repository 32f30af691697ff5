/** Colours of a chart that stands alone: an image in a document knows nothing of the page's style. */
const COLORS = {
  '--ink': '#1f2328',
  '--muted': '#59636e',
  '--line': '#d1d9e0',
  '--c0': '#0969da',
  '--c1': '#bc4c00',
  '--c2': '#1a7f37',
  '--c3': '#8250df',
  '--c4': '#cf222e',
  '--c5': '#9a6700',
}

/**
 * A function that draws a chart as an SVG file of the documents' pictures.
 * @param {import('./parts.mjs').Parts} parts
 * @returns {import('./chapter.mjs').Tools['draw']}
 */
export function drawer({ htmlChart }) {
  return (name, chart) => {
    const { markup } = htmlChart(chart)
    const [svg = ''] = /<svg[\s\S]*<\/svg>/.exec(markup) ?? []
    const style = 'style="background:#ffffff;font:12px system-ui,sans-serif"'
    const colored = Object.entries(COLORS).reduce((text, [key, color]) => text.replaceAll(`var(${key})`, color), svg)
    const file = `media/reproduction/${name}.svg`
    return {
      file,
      svg: `${colored.replace('<svg ', `<svg xmlns="http://www.w3.org/2000/svg" ${style} `).replaceAll('<text ', '<text fill="#59636e" ')}\n`,
      markdown: `![${chart.title}](../${file})`,
    }
  }
}

/** Addresses that the webview may load from, as VS Code reports them. */
export interface PanelResources {
  cspSource: string
  /** A random value, new for every document. */
  nonce: string
  script: string
  style: string
}

/**
 * The panel's HTML document. It is empty: the script creates all content, so that no data of a run ever gets into this
 * string. Its content security policy allows only our script and style sheet.
 */
export function panelHtml({ cspSource, nonce, script, style }: PanelResources): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Saturation</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<main id="panel"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`
}

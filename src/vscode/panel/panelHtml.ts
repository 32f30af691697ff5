/** Addresses the webview may load from, as VS Code gives them. */
export interface PanelResources {
  cspSource: string
  /** Unguessable, new for every document. */
  nonce: string
  script: string
  style: string
}

/**
 * The panel's document: an empty shell, all content is made by the script. Nothing from a run ever enters this
 * string, and the policy allows our one script and style sheet only.
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

import type { AnyRoute } from '../http/route.ts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2330; }
  h2 { margin-top: 2rem; border-bottom: 1px solid #d5dae3; text-transform: capitalize; }
  details { border-bottom: 1px solid #eceff4; padding: .4rem 0; }
  summary { cursor: pointer; display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
  .method { font-weight: 600; width: 4.5rem; color: #17528c; }
  code, pre { font: 14px/1.4 ui-monospace, monospace; }
  pre { background: #f5f7fa; padding: .75rem; overflow: auto; max-height: 24rem; }
  .muted { color: #5b6676; }`;

/** Fills the details of a route from /openapi.json when it is opened; the page itself works without it. */
const script = `
  const spec = fetch('/openapi.json').then((reply) => reply.json());
  for (const element of document.querySelectorAll('details')) {
    element.addEventListener('toggle', async () => {
      const target = element.querySelector('pre');
      if (!element.open || target.textContent) return;
      const { path, method } = element.dataset;
      target.textContent = JSON.stringify((await spec).paths[path][method], null, 2);
    });
  }`;

/** `/docs`: the routes by heading, from the same list that serves them. No file from elsewhere is loaded. */
export function docsPage(routes: readonly AnyRoute[]): string {
  const tags = [...new Set(routes.map((entry) => entry.tag))];
  const sections = tags.map((tag) =>
    section(
      tag,
      routes.filter((entry) => entry.tag === tag),
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postern API</title>
<style>${style}</style>
</head>
<body>
<h1>Postern API</h1>
<p>One edge endpoint for trading on prediction markets. The machine-readable document is
<a href="/openapi.json">/openapi.json</a>. Every error carries its code in <code>X-Polysim-Code</code>.</p>
${sections.join('\n')}
<script>${script}</script>
</body>
</html>`;
}

function section(tag: string, routes: readonly AnyRoute[]): string {
  const rows = routes.map(
    ({
      method,
      path,
      summary,
    }) => `<details data-path="${escape(path)}" data-method="${method.toLowerCase()}">
<summary><span class="method">${method}</span><code>${escape(path)}</code><span class="muted">${escape(summary)}</span></summary>
<pre></pre>
</details>`,
  );
  return `<h2>${escape(tag)}</h2>\n${rows.join('\n')}`;
}

import { escape } from './escape.ts';
import { style } from './style.ts';
import { raw, type Markup } from './markup.ts';

/** A page as one HTML file that asks for nothing else. */
export function htmlDocument(title: string, body: Markup): Markup {
  return raw(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body.html}
</main>
</body>
</html>
`);
}

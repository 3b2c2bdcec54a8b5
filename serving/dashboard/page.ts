import { createHash } from 'node:crypto';
import { markup, raw, type Markup } from '../../adapters/page/markup.ts';
import { style } from '../../adapters/page/style.ts';

/** What reports look like, and what only the dashboard has. */
const dashboardStyle = `${style}
[data-part]:nth-of-type(n + 4) { content-visibility: auto; contain-intrinsic-size: auto 400px; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; } .lead { font-size: 1.15rem; margin: .5rem 0; }
.asks { list-style: none; padding: 0; } .asks li { border-left: .3rem solid var(--c5); padding: .1rem .8rem; margin: .8rem 0; }
.asks h3 { margin: .3rem 0; } .asks code { user-select: all; border: 1px solid var(--line); border-radius: .2rem; padding: .1rem .3rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .3rem .6rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .3rem 1rem; }
@media (prefers-reduced-motion: no-preference) { [data-part].changed { animation: changed 1.2s ease-out; } }
@keyframes changed { from { background: color-mix(in srgb, var(--c1) 18%, transparent); } to { background: transparent; } }
`;

/** Lets this style sheet be within the page, where nothing has to be waited for, and no other. */
export const styleSource = `'sha256-${createHash('sha256').update(dashboardStyle).digest('base64')}'`;

/** The page around the boards. It works without its script, and stands still then. */
export function renderPage(boards: Markup): string {
  const body = markup`<a class="skip" href="#boards">To the models</a>
<header><h1>Incumbent</h1><p class="facts" id="freshness"></p></header>
<main id="boards" tabindex="-1">
${boards}
</main>`;
  return raw(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Incumbent</title>
<link rel="icon" href="data:,">
<style>${dashboardStyle}</style>
<script src="/dashboard/live.js" defer></script>
</head>
<body>
${body.html}
</body>
</html>
`).html;
}

/** Colours are Okabe and Ito's, which people with any colour vision tell apart; darker or lighter for the page behind them. */
export const style = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1b1b; --muted: #595959; --line: #d5d5d5;
  --c0: #0a0a0a; --c1: #0063a3; --c2: #00704e; --c3: #b34700; --c4: #9c4a7c; --c5: #8a6100; --c6: #33708f; }
@media (prefers-color-scheme: dark) { :root { --back: #161616; --text: #ececec; --muted: #ababab; --line: #444;
  --c0: #fff; --c1: #56b4e9; --c2: #2fc79b; --c3: #ff8c42; --c4: #dd9ac4; --c5: #f0d442; --c6: #9fc8dc; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { font-size: 1.15rem; border-left: .3rem solid var(--c1); padding-left: .8rem; margin: 1rem 0; }
.verdict.pass { border-color: var(--c2); } .verdict.fail { border-color: var(--c3); } .verdict.inconclusive { border-color: var(--c5); }
.chip { font-weight: 600; white-space: nowrap; } .chip.pass { color: var(--c2); } .chip.fail { color: var(--c3); } .chip.inconclusive { color: var(--c5); }
.problem, .note { border: 1px solid var(--c5); border-radius: .3rem; padding: .5rem .8rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; } a { color: var(--c1); } code { font-size: .9em; }
.caption { margin: 1.2rem 0 .2rem; } .legend { margin-top: 1rem; }
.checks, .lineage, .links { list-style: none; padding: 0; margin: .5rem 0; } .checks li, .lineage li { padding: .6rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
.reason, .checks .facts { display: block; } .links li { padding: .2rem 0; }
.data { margin: .5rem 0 1rem; font-size: .95rem; } .data div { display: grid; grid-template-columns: 14rem 1fr; gap: .2rem 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.data dt { color: var(--muted); } .data dd { margin: 0; min-width: 0; }
.swatch { display: inline-block; vertical-align: middle; } .swatch.bar { width: 1.4rem; height: .7rem; background: var(--c1); opacity: .45; } .swatch.tick { width: 3px; height: 1rem; background: var(--c3); }
.facts, figcaption { color: var(--muted); font-size: .9rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--back); }
figure { margin: 1rem 0; break-inside: avoid; } .narrow { display: none; }
svg { max-width: 100%; height: auto; } figure svg { display: block; font: 12px system-ui, sans-serif; overflow: visible; } svg text { white-space: pre; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; margin: .5rem 0; font-size: .9rem; }
.mark { display: inline-block; width: 1em; text-align: center; }
.decisions { padding-left: 0; margin: .3rem 0 1rem; list-style: none; font-size: .9rem; }
.decisions li { padding: .3rem 0; border-bottom: 1px solid var(--line); } .decisions b { font-weight: 600; }
summary { cursor: pointer; padding: .3rem 0; } :focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
@media (max-width: 640px) { th:first-child, td:first-child { white-space: normal; min-width: 7rem; max-width: 45vw; } .data div { grid-template-columns: 1fr; } .wide { display: none; } .narrow { display: block; } .pair { display: block; } }
@media print { :root { color-scheme: light; --back: #fff; --text: #000; --muted: #444; --line: #bbb; --c0: #000; --c1: #0063a3;
  --c2: #00704e; --c3: #b34700; --c4: #9c4a7c; --c5: #8a6100; --c6: #33708f; } body { max-width: none; font-size: 10pt; }
  details::details-content { content-visibility: visible; block-size: auto; } .scroll { overflow: visible; } th, td { padding: .15rem .3rem; font-size: 8pt; } .decisions li { break-inside: avoid; } }
`.trim();

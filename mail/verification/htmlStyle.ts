/** The style of the page. Its colours have a contrast of at least 4.5 on their ground, in light and dark. */
export const STYLE = `
:root {
  --ground: #ffffff; --card: #f6f7f9; --text: #16191d; --soft: #565d66; --rule: #c9ced6; --accent: #0b57a4;
  --pass: #176b34; --pass-ground: #e8f5ec; --fail: #a8141e; --fail-ground: #fdecec; --unknown: #7a4b00; --unknown-ground: #fff4dc;
  --mark: #ffe58a; --mark-text: #16191d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --card: #1d2127; --text: #e9ecf0; --soft: #a9b1bc; --rule: #414851; --accent: #8cc4ff;
    --pass: #7ddc9a; --pass-ground: #12301d; --fail: #ff9d9d; --fail-ground: #3d1517; --unknown: #f3c46b; --unknown-ground: #35270c;
    --mark: #6b5400; --mark-text: #fff6d6;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 78rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 1rem; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .6rem; }
h4 { font-size: .85rem; margin: 0 0 .35rem; }
p { margin: 0 0 .4rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, .host, .field { font-family: ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: .85em; }
.lead { font-size: 1.1rem; }
.note, .total { color: var(--soft); font-size: .875rem; }
section, .message { margin-top: 2rem; }
.message { border-top: 3px solid var(--rule); padding-top: 1.5rem; }

.badge {
  display: inline-block; padding: .05rem .5rem; border: 2px solid; border-radius: 1rem; white-space: nowrap;
  font-size: .8rem; font-weight: 700; line-height: 1.4; letter-spacing: .03em; vertical-align: .1em;
}
.badge.pass { color: var(--pass); background: var(--pass-ground); }
.badge.fail { color: var(--fail); background: var(--fail-ground); border-radius: 0; border-style: double; border-width: 4px; }
.badge.not-applicable { color: var(--soft); }
.badge.unknown { color: var(--unknown); background: var(--unknown-ground); border-style: dashed; border-radius: .3rem; }

.todo { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.todo li { padding: .75rem 1rem; border-left: 6px double var(--fail); background: var(--card); }
.todo li.unknown { border-left: 6px dashed var(--unknown); }
.todo p:last-child { margin: 0; }
.reason::first-letter { text-transform: uppercase; }

.path { list-style: none; margin: 0 0 .75rem; padding: 0; }
.stage { position: relative; padding: 0 0 0 3rem; }
.node {
  position: absolute; left: 0; top: 0; z-index: 1; width: 2rem; height: 2rem; border: 3px solid var(--soft); border-radius: 50%;
  background: var(--ground); text-align: center; font-weight: 700; line-height: 1.65rem;
}
.stage.pass .node { color: var(--pass); border-color: var(--pass); }
.stage.fail .node { color: var(--fail); border-color: var(--fail); border-radius: 0; border-style: double; border-width: 5px; line-height: 1.4rem; }
.stage.unknown .node { color: var(--unknown); border-color: var(--unknown); border-style: dashed; border-radius: .5rem; }
.what { min-height: 2rem; }
.role { font-weight: 700; margin: .2rem 0 .15rem; }
.host { margin: .3rem 0; }
.what .note { margin: 0 0 .2rem; }
.edge { margin: 0; padding: .6rem 0 1.1rem; color: var(--soft); font-size: .8rem; font-weight: 600; }
.edge span { display: inline-block; padding: .05rem .45rem; margin: 0 .15rem .15rem 0; background: var(--card); border-radius: .25rem; color: var(--text); }
.edge::after { content: ""; position: absolute; left: .9rem; top: 2rem; bottom: 0; border-left: 3px solid var(--soft); }
.edge.clear::after { border-left-style: dashed; border-color: var(--fail); }
.edge.untold::after, .edge.lost::after { border-left-style: dotted; }
.edge.clear span:first-child, .edge.lost span, .line.clear { color: var(--fail); }
.line { border-bottom: 2px solid currentColor; }
.line.clear { border-bottom-style: dashed; }
.line.untold { border-bottom-style: dotted; }

table { width: 100%; border-collapse: collapse; font-size: .9rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
th { font-size: .8rem; color: var(--soft); border-bottom-width: 2px; }
td.time, td.delay, td.ms, td.way, td.who { min-width: 5.5rem; }
td.check, td.sender { font-weight: 600; min-width: 7rem; }
td.result { min-width: 7.5rem; }
td.event { min-width: 7.5rem; }
td.text { width: 100%; }

details { margin: .5rem 0; border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .9rem; }
summary { font-weight: 700; cursor: pointer; }
details > :nth-child(2) { margin-top: .6rem; }
.fields { margin: .75rem 0; padding: .5rem 0 .25rem .75rem; border-left: 4px solid var(--pass); contain: paint; }
.fields.border { border-left-style: double; border-left-width: 8px; background: var(--card); }
.fields.believed { border-left-color: var(--accent); }
.fields.untrusted { border-left: 4px dotted var(--soft); color: var(--soft); }
.field { margin: 0 0 .3rem; padding-left: 1.5em; text-indent: -1.5em; unicode-bidi: isolate; direction: ltr; }
mark { background: var(--mark); color: var(--mark-text); padding: 0 .15em; font-weight: 700; text-decoration: underline; text-underline-offset: .15em; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: 1rem; }

@media (width >= 60rem) {
  .path { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); }
  .stage { display: flex; flex-direction: column; padding: 2.75rem 1rem 0 0; }
  .edge { position: absolute; left: 2.6rem; right: .4rem; top: 0; padding: 0; height: 2rem; }
  .edge::after { left: 0; right: 0; top: .9rem; bottom: auto; border-left: 0; border-top: 3px solid var(--soft); }
  .edge.clear::after { border-top-style: dashed; }
  .edge.untold::after, .edge.lost::after { border-top-style: dotted; }
  .edge span { position: relative; z-index: 1; }
}
@media (width < 44rem) {
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); padding: .1rem 0; border: 0; }
  td::before { content: attr(data-head); color: var(--soft); font-weight: 400; font-size: .8rem; }
  .lines tr { display: grid; grid-template-columns: 4.5rem 3.5rem minmax(0, 1fr); padding: .15rem 0; }
  .lines td { display: block; min-width: 0; font-size: .85rem; }
  .lines td::before { content: none; }
  h2 .badge { margin-top: .25rem; }
}
@media print {
  :root {
    --ground: #ffffff; --card: #ffffff; --text: #000000; --soft: #333333; --rule: #888888; --accent: #000000;
    --pass: #000000; --pass-ground: #ffffff; --fail: #000000; --fail-ground: #ffffff; --unknown: #000000; --unknown-ground: #ffffff;
    --mark: #ffffff; --mark-text: #000000;
  }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .message { break-before: page; border-top: 0; }
  h2, h3, h4, summary { break-after: avoid; }
  .stage, .todo li, tr, .field { break-inside: avoid; }
  details { border: 0; padding: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  thead { display: table-header-group; }
}
`;

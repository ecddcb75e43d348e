/**
 * The one style sheet. Light and dark by the reader's own setting; tables become cards where they do not fit; nothing
 * moves. Colours of text have a contrast of 4.5 and more on their ground; what a colour says, a word or shape says too.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --panel: #fff; --line: #dde1e8; --row: #f9fafb;
  --text: #1a2230; --soft: #535e70; --link: #1650ad;
  --bad: #b0231b; --warn: #845000; --good: #1a6737; --badground: #fdf0ef;
  --over: #bcc5d3; --left: #3f7cd0; --due: #e0a11b; --late: #d2443a; --paid: #64738d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141b; --panel: #161d27; --line: #2b3543; --row: #1a222d;
    --text: #e3e8ef; --soft: #9fabbb; --link: #8db6f7;
    --bad: #ff9389; --warn: #f0bd5e; --good: #7fd39d; --badground: #2a1a1d;
    --over: #465368; --left: #5592e3; --due: #dda431; --late: #ea6459; --paid: #93a2bb;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 0 1.25rem 2rem; max-width: 100rem;
  background: var(--ground); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .75rem 0; font-weight: 650; }
h1 .state { font-size: 1rem; vertical-align: middle; margin-left: .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; font-weight: 650; }
h3 { font-size: .9rem; margin: 1rem 0 .4rem; font-weight: 650; }
p { margin: .4rem 0; max-width: 90ch; }
code { font: 12.5px/1.4 ui-monospace, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .5rem .75rem; background: var(--panel); z-index: 1; }
.hidden, caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.definitions { position: absolute; width: 0; height: 0; }
header {
  display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; align-items: baseline; justify-content: space-between;
  padding: .8rem 0; border-bottom: 1px solid var(--line);
}
header p { margin: 0; }
.brand a { font-weight: 700; font-size: 1.05rem; color: inherit; text-decoration: none; display: inline-block; min-height: 24px; }
.brand a:hover { text-decoration: underline; }
.brand span, .health, .sub, .none, footer { color: var(--soft); }
.health strong { color: var(--bad); }
.sub { display: block; font-size: .86em; }
p > .sub, dd > .sub, .value > .sub { margin-top: .1rem; }
.state { display: inline-flex; align-items: center; gap: .4em; font-weight: 600; white-space: nowrap; }
.shape { width: .8em; height: .8em; flex: none; fill: currentColor; }
.shape .cut, .cut { fill: var(--panel); }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0 0 .8rem; padding: 0; }
.chip {
  display: inline-flex; align-items: center; gap: .4em; min-height: 28px; padding: 0 .7em;
  border: 1px solid var(--line); border-radius: 14px; background: var(--panel); text-decoration: none;
}
.chip:hover { border-color: currentColor; }
.chip b { font-weight: 650; color: var(--text); }
.chip[aria-current] { border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor; }
.search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 1rem; }
.search input, .search select, .search button {
  font: inherit; color: inherit; background: var(--panel); border: 1px solid #7d8898; border-radius: 6px;
  min-height: 32px; padding: 0 .6rem; min-width: 0;
}
.field { display: inline-flex; align-items: center; gap: .5rem; max-width: 100%; }
.search input { width: 20rem; }
.search button { padding: 0 1rem; font-weight: 600; cursor: pointer; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .2rem 0 .6rem; padding: 0; color: var(--soft); font-size: .86em; }
.legend li { display: inline-flex; align-items: center; gap: .45em; }
table { width: 100%; border-collapse: collapse; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; font-weight: inherit; }
thead th { color: var(--soft); font-size: .86em; font-weight: 600; vertical-align: bottom; padding-bottom: .3rem; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th .sub { font-weight: 400; }
tbody tr:hover { background: var(--row); }
tr.problem > :first-child { box-shadow: inset 3px 0 var(--late); }
tr.trouble > :first-child { box-shadow: inset 3px 0 var(--due); }
.list { table-layout: fixed; }
.list th:nth-child(1) { width: 21%; }
.list th:nth-child(2) { width: 10.5rem; }
.list th:nth-child(3) { width: 7rem; }
.list th:nth-child(4) { width: 30%; }
.list td { padding-top: .5rem; }
.list .left b { font-weight: 600; white-space: nowrap; }
.next { font-size: .93em; }
.next code, .lead code, .level { font-size: .8em; color: var(--soft); white-space: nowrap; font-weight: 400; }
.failure { display: block; color: var(--bad); font-weight: 600; }
.line, .axis { display: block; overflow: hidden; }
.axis { margin-bottom: -2px; }
.axis text { fill: var(--soft); font-size: 11px; font-weight: 400; }
.axis .today { fill: var(--text); font-weight: 600; text-anchor: middle; }
.tick { stroke: var(--line); stroke-width: 1; }
.now { stroke: var(--text); stroke-width: 1.5; }
.nowmark { fill: var(--text); }
.over { fill: var(--over); } .left { fill: var(--left); } .due { fill: var(--due); } .late { fill: var(--late); }
.paid { fill: var(--paid); } .frame { fill: var(--line); }
.pager { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; margin: .8rem 0; color: var(--soft); }
.pager a { display: inline-flex; align-items: center; min-height: 28px; }
.empty { padding: 2rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; text-align: center; max-width: none; }
.share { display: block; max-width: 10rem; margin: .25rem 0; }
.crumbs { margin-top: .8rem; color: var(--soft); }
.crumbs a { display: inline-block; min-height: 24px; }
.lead { font-size: 1.05rem; }
.alert { color: var(--bad); font-weight: 600; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem .3rem; }
.todo { margin: 1rem 0; padding: .1rem 1rem .7rem; background: var(--badground); border: 1px solid var(--late); border-left-width: 4px; border-radius: 8px; }
.todo h2 { margin-top: .7rem; }
.commands { list-style: none; margin: .4rem 0; padding: 0; }
.commands li { margin: .25rem 0; }
.commands code { font-weight: 600; margin-right: .6em; }
.clocks { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: .8rem; list-style: none; margin: .8rem 0 0; padding: 0; }
.clocks li { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; }
.clocks h3 { margin: 0; color: var(--soft); font-weight: 600; font-size: .86em; }
.value { font-size: 1.05rem; font-weight: 600; margin: .2rem 0; }
.value .sub { font-weight: 400; font-size: .82em; display: inline; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: .1rem 2rem; margin: .4rem 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; }
.facts > div { padding: .35rem 0; }
dt { color: var(--soft); font-size: .86em; font-weight: 600; }
dd { margin: 0; }
.steps { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: .6rem 0; padding: 0; }
.steps li { flex: 1 1 7.5rem; padding: .35rem .6rem; background: var(--panel); border: 1px solid var(--line); border-top: 4px solid var(--line); border-radius: 4px; }
.steps b { font-weight: 600; }
.steps .passed { border-top-color: var(--left); }
.steps .current { border-color: var(--text); border-top: 4px double var(--text); }
.steps .ahead { border-style: dashed; border-top-style: dotted; color: var(--soft); }
details { margin: .6rem 0; }
summary { cursor: pointer; min-height: 24px; color: var(--link); }
.log { list-style: none; margin: .4rem 0; padding: 0; }
.log li { padding: .2rem 0; }
.log time, .history time { color: var(--soft); font-weight: 400; white-space: nowrap; }
.history th:first-child { width: 11rem; } .history th:nth-child(2) { width: 6rem; } .history th:nth-child(3) { width: 9rem; }
footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem 2rem; margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line); }
footer a { display: inline-block; min-height: 24px; }
footer p + p a { margin-left: .8rem; }
@media (max-width: 62rem) {
  body { padding: 0 .75rem 1.5rem; }
  .list, .list thead, .list tbody, .list tr, .list th, .list td { display: block; width: auto !important; }
  .list { background: none; border: 0; }
  .list thead th:not(.axiscell) { position: absolute; width: 1px !important; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; }
  .list .axiscell { padding: 0 .85rem; }
  .list tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .15rem 1rem; margin: .6rem 0; padding: .6rem .8rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
  .list tbody tr > * { padding: 0; }
  .list tr.problem { border-left: 4px solid var(--late); padding-left: calc(.8rem - 3px); }
  .list tr.trouble { border-left: 4px solid var(--due); padding-left: calc(.8rem - 3px); }
  .list tr > :first-child { box-shadow: none; }
  .list .left .sub { display: inline; }
  .list td:nth-child(2) { text-align: right; }
  .list .left { grid-row: 2; grid-column: 1 / -1; }
  .list .linecell, .list .next { grid-column: 1 / -1; }
  .list .linecell { padding: .2rem 0; }
}
@media (max-width: 42rem) {
  .cards, .cards thead, .cards tbody, .cards tr, .cards th, .cards td { display: block; width: auto !important; }
  .cards { background: none; border: 0; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards tbody tr { margin: .5rem 0; padding: .5rem .8rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
  .cards tbody tr > * { padding: .15rem 0; }
  .cards td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: .86em; }
  .share { max-width: none; }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .field.wide { flex: 1 1 100%; }
  .search input { flex: 1 1 10rem; }
}
@media (forced-colors: active) {
  .over { fill: GrayText; } .left { fill: CanvasText; } .due { fill: Highlight; } .late { fill: LinkText; }
  .paid, .nowmark { fill: CanvasText; } .now { stroke: CanvasText; } .tick { stroke: GrayText; }
  .axis text { fill: CanvasText; } .shape { fill: CanvasText; } .cut { fill: Canvas; }
  .chip[aria-current] { outline: 2px solid Highlight; }
}
@media print {
  .search, .skip, footer { display: none; }
}
`;

/** The look of the page, in the colours that the reader's system prefers. */
export const PAGE_STYLE = `
:root {
  --back: #fbfbfa; --panel: #ffffff; --ink: #1d1f21; --soft: #5d646b; --line: #dcdfe2;
  --mark: #1f66c1; --pending: #8a939c; --busy: #1f66c1; --done: #1d7f46; --failed: #a85d00;
  --dead: #bb2d2d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #15171a; --panel: #1d2024; --ink: #e6e8ea; --soft: #9fa7ae; --line: #33383d;
    --mark: #74aef5; --pending: #8a939c; --busy: #74aef5; --done: #5cc387; --failed: #e2a252;
    --dead: #f07c7c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; }
header, .bar { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
header { padding: 14px 20px; }
h1 { font-size: 18px; margin: 0; }
h2 { font-size: 14px; line-height: 20px; margin: 0; padding: 4px 0; overflow-wrap: anywhere; }
main { padding: 0 20px 24px; max-width: 1500px; margin: 0 auto; }
#live { color: var(--soft); }
#live::before { content: ''; display: inline-block; width: 9px; height: 9px; margin-right: 7px;
  border-radius: 50%; background: var(--failed); }
#live[data-live=yes]::before { background: var(--done); }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(90px, 1fr)) minmax(240px, 2.4fr);
  gap: 10px; }
.tile { position: relative; background: var(--panel); border: 1px solid var(--line);
  border-radius: 8px; padding: 9px 13px; min-height: 68px; overflow: hidden; }
.tile b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span, .quiet { color: var(--soft); }
.tile span { font-size: 12.5px; }
.wide svg { position: absolute; right: 0; bottom: 0; width: 55%; height: 100%; }
#rate-line { fill: none; stroke: var(--mark); stroke-width: 1.5;
  vector-effect: non-scaling-stroke; }
#rate-area { fill: var(--mark); opacity: .14; }
.share { display: flex; height: 8px; margin: 12px 0 6px; border-radius: 4px; overflow: hidden;
  background: var(--line); }
.share i { display: block; min-width: 5px; }
p { margin: 6px 0; }
#none + .bar { margin-top: 8px; }
.columns { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(0, 1fr); gap: 14px;
  align-items: start; margin-top: 10px; }
section:not(.tiles) { background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  padding: 12px 14px; margin-bottom: 14px; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin-top: 8px; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; }
th, td { padding: 4px 8px 4px 0; border-bottom: 1px solid var(--line); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; }
.num { text-align: right; }
.queue th:nth-child(1) { width: 19%; } .queue th:nth-child(2) { width: 13%; }
.queue th:nth-child(5) { width: 20%; }
.queue th:nth-child(6) { width: 92px; }
.queue .num, .people .num { padding-right: 14px; } .queue th.num { width: 44px; }
.people th:nth-child(1) { width: 34%; } .people th.num { width: 52px; }
.people th:nth-child(n + 4) { width: 72px; }
.id { display: flex; }
.id span { white-space: pre; }
.id span:first-child { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.id span:last-child { flex: none; }
#tasks tr { cursor: pointer; }
#tasks tr:hover td, #tasks tr[aria-selected=true] td { background: var(--back); }
button, input { font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; }
input::placeholder { color: var(--soft); opacity: 1; }
button { cursor: pointer; }
button:focus-visible, input:focus-visible, a:focus-visible { outline: 2px solid var(--mark); }
#find { display: flex; gap: 6px; }
nav { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 10px; }
nav button { padding: 2px 9px; font-size: 12.5px; color: var(--soft); }
nav button[aria-pressed=true] { color: var(--ink); border-color: var(--mark); }
a { color: var(--mark); text-decoration: none; }
.state { font-weight: 500; }
.pending { color: var(--soft); } .completed { color: var(--done); }
.assigned, .installing, .installed, .running { color: var(--busy); }
.failed { color: var(--failed); } .deadLetter { color: var(--dead); }
.error { color: var(--dead); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 11em;
  overflow: auto; }
#history { list-style: none; margin: 8px 0; padding: 0 0 0 12px;
  border-left: 2px solid var(--line); }
#history li { padding: 2px 0; overflow-wrap: anywhere; }
#history time { color: var(--soft); font-variant-numeric: tabular-nums; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 340px; overflow: auto;
  font-size: 12px; }
summary { cursor: pointer; color: var(--soft); }
@media (max-width: 1000px) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); }
  .wide { grid-column: 1 / -1; }
}
@media (max-width: 640px) {
  main { padding: 0 12px 20px; }
  header { padding: 12px; }
  .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .tiles .wide { grid-column: span 1; }
  .wide svg { width: 100%; height: 40%; }
  .queue :is(th, td):is(:nth-child(2), :nth-child(5)) { display: none; }
  .queue th:nth-child(1) { width: 32%; }
}
`;

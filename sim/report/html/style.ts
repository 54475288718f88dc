/** The look of the page. Colours are named, and each theme gives them. */
export const PAGE_STYLE = `
:root {
  --ground: #ffffff; --panel: #f6f7f9; --raise: #ffffff; --rule: #dfe3e8; --ink: #1a1f27;
  --soft: #58616e; --accent: #2459d6; --on-accent: #ffffff; --good: #14794a; --bad: #c8213f;
  --warn: #8a5200; --shade: rgb(20 28 40 / 0.16);
  color-scheme: light;
}
:root[data-theme='dark'] {
  --ground: #12151b; --panel: #181c24; --raise: #1f242e; --rule: #2f3642; --ink: #e8ebf0;
  --soft: #a3acba; --accent: #7fa8ff; --on-accent: #0c1220; --good: #5ed39a; --bad: #ff6b81;
  --warn: #f0b14a; --shade: rgb(0 0 0 / 0.5);
  color-scheme: dark;
}
* { box-sizing: border-box; scrollbar-color: var(--rule) transparent; scrollbar-width: thin; }
[hidden] { display: none !important; }
html, body { height: 100%; margin: 0; }
body {
  display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 13px/1.45 ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
}
button, input, summary { font: inherit; color: inherit; }
button {
  border: 1px solid var(--rule); background: var(--raise); border-radius: 6px;
  padding: 3px 10px; cursor: pointer;
}
button:hover:not(:disabled) { border-color: var(--accent); }
button.quiet { border-color: transparent; background: none; color: var(--soft); }
button.primary {
  background: var(--accent); border-color: var(--accent); color: var(--on-accent);
  font-weight: 600; width: 100%; padding: 6px 10px;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
header {
  display: flex; align-items: center; gap: 14px; padding: 9px 16px; min-width: 0;
  border-bottom: 1px solid var(--rule);
}
h1 { font-size: 15px; margin: 0; letter-spacing: -0.01em; }
.verdict {
  font-weight: 700; font-size: 12px; letter-spacing: 0.04em; padding: 2px 9px;
  border-radius: 20px; border: 1.5px solid var(--soft); color: var(--soft);
}
.verdict.pass { color: var(--good); border-color: var(--good); }
.verdict.fail { color: var(--on-accent); background: var(--bad); border-color: var(--bad); }
.seed, .size { color: var(--soft); white-space: nowrap; }
.seed b { color: var(--ink); font-variant-numeric: tabular-nums; }
.replay { display: flex; gap: 6px; margin-left: auto; min-width: 0; align-items: center; }
code, pre, .hash { font-family: ui-monospace, 'SF Mono', Menlo, Consolas,
  'Liberation Mono', monospace; }
.replay code {
  background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: 3px 9px;
  font-size: 12px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
}
main { flex: 1; display: flex; min-height: 0; }
.chart { flex: 1; display: flex; flex-direction: column; min-width: 0; }
.toolbar { display: flex; gap: 10px; align-items: center; padding: 7px 12px; flex-wrap: wrap; }
.zoom, .filters { display: flex; gap: 4px; }
.status { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
input[type='search'] {
  border: 1px solid var(--rule); border-radius: 6px; background: var(--raise);
  padding: 3px 9px; width: 190px;
}
.filter { position: relative; }
summary {
  list-style: none; border: 1px solid var(--rule); background: var(--raise); border-radius: 6px;
  padding: 3px 10px; cursor: pointer; user-select: none;
}
summary::-webkit-details-marker { display: none; }
summary::after { content: ' ▾'; color: var(--soft); }
summary:hover { border-color: var(--accent); }
.badge { margin-left: 6px; color: var(--accent); font-weight: 600; }
.menu {
  position: absolute; z-index: 5; top: calc(100% + 5px); left: 0; min-width: 225px;
  max-height: min(65vh, 560px); overflow: auto; background: var(--raise); padding: 8px 10px;
  border: 1px solid var(--rule); border-radius: 8px; box-shadow: 0 8px 28px var(--shade);
}
.both { display: flex; gap: 4px; margin-left: -8px; }
fieldset { border: 0; margin: 0; padding: 4px 0; }
legend { color: var(--soft); font-size: 11px; font-weight: 600; padding: 0; }
.menu label { display: flex; gap: 7px; align-items: center; padding: 1.5px 0; cursor: pointer; }
.menu input { accent-color: var(--accent); margin: 0; }
.swatch { width: 10px; height: 10px; border-radius: 3px; flex: none; }
.note { margin-left: auto; color: var(--soft); font-weight: 400;
  font-variant-numeric: tabular-nums; }
.overview { width: 100%; height: 44px; display: block; flex: none; touch-action: none;
  cursor: col-resize; }
.scroller { flex: 1; overflow-y: auto; overflow-x: hidden; min-height: 0;
  border-top: 1px solid var(--rule); }
.spacer { position: relative; min-height: 100%; }
.spacer canvas { position: sticky; top: 0; display: block; touch-action: none; cursor: grab; }
.holder { position: sticky; top: 0; height: 0; z-index: 2; }
.corner { width: 104px; background: var(--ground); border-right: 1px solid var(--rule); }
.lane {
  position: absolute; left: 0; width: 104px; padding: 5px 10px 0 14px; overflow: hidden;
  border-right: 1px solid var(--rule); border-top: 1px solid var(--rule); z-index: 1;
  background: var(--ground); line-height: 1.3;
}
.lane b { display: block; font-size: 12.5px; }
.lane small { color: var(--soft); font-size: 11px; white-space: nowrap; }
.lane small.supervisor { color: var(--accent); }
aside {
  width: 340px; flex: none; overflow-y: auto; border-left: 1px solid var(--rule);
  background: var(--panel); padding: 4px 16px 24px;
}
aside section { padding: 12px 0; border-bottom: 1px solid var(--rule); }
aside section:last-child { border-bottom: 0; }
h2 { display: flex; align-items: baseline; gap: 8px; font-size: 13px; margin: 0 0 8px; }
h2 .note { font-size: 12px; }
h3 { font-size: 12px; color: var(--soft); margin: 12px 0 4px; }
p { margin: 0 0 8px; }
.why h2 { color: var(--bad); }
.reason { overflow-wrap: anywhere; }
.when { color: var(--soft); font-variant-numeric: tabular-nums; font-size: 12px; }
.faults, .chain { list-style: none; margin: 0; padding: 0; }
.fault { display: grid; gap: 0 8px; grid-template-columns: auto 1fr; text-align: left;
  width: 100%;
  border-color: transparent; background: none; padding: 4px 8px; margin-left: -8px;
  align-items: baseline; }
.fault:hover:not(:disabled) { background: var(--raise); }
.fault:disabled { cursor: default; opacity: 0.75; }
.fault .when { grid-column: 2; }
.tag { font-size: 11px; font-weight: 600; color: var(--warn); min-width: 58px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 400; color: var(--soft); font-size: 11px;
  padding: 0 4px 3px; }
td { padding: 3px 4px; vertical-align: top; border-top: 1px solid var(--rule);
  line-height: 1.35; }
td.id { font-weight: 600; }
td .promise { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical;
  overflow: hidden; }
tr:hover .promise, tr:focus-within .promise { -webkit-line-clamp: none; }
.invariants { font-size: 12px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.good .sign { color: var(--good); } .bad .sign, .bad td { color: var(--bad); }
.excused .sign, .untested .sign { color: var(--soft); }
.histogram { display: flex; align-items: flex-end; gap: 2px; height: 74px;
  border-bottom: 1px solid var(--soft); }
.column { flex: 1; display: flex; align-items: flex-end; height: 100%; }
.column span { width: 100%; background: var(--accent); border-radius: 2px 2px 0 0;
  min-height: 0; }
.column:hover span { background: var(--ink); }
.ends { display: flex; justify-content: space-between; color: var(--soft); font-size: 11px; }
.figures { margin: 6px 0 0; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.hash { font-size: 11px; }
.inspector { border-bottom-width: 2px; }
.inspector h2 { font-size: 14px; } .inspector h2 button { margin-left: auto; font-size: 16px;
  padding: 0 8px; }
pre { background: var(--raise); border: 1px solid var(--rule); border-radius: 6px;
  padding: 7px 9px;
  font-size: 11px; line-height: 1.4; max-height: 190px; overflow: auto; margin: 8px 0 0; }
.chain li { display: flex; align-items: baseline; gap: 8px; }
.chain button { border: 0; background: none; padding: 1px 0; color: var(--accent);
  text-align: left; }
.chain button:hover { text-decoration: underline; }
.chain .when { margin-left: auto; white-space: nowrap; }
.tooltip {
  position: fixed; top: 0; left: 0; z-index: 10; max-width: 380px; pointer-events: none;
  background: var(--raise); border: 1px solid var(--rule); border-radius: 8px; padding: 8px 11px;
  box-shadow: 0 8px 28px var(--shade); font-size: 12px;
}
.tooltip dl { margin-top: 4px; gap: 1px 10px; }
@media (max-width: 900px) { main { flex-direction: column; } aside { width: auto;
  max-height: 40%; border-left: 0; }
  .size { display: none; } .chart { min-height: 60%; } }
@media (prefers-reduced-motion: no-preference) { button { transition: border-color 0.12s; } }
`;

// children of a simple_one_for_one that end before it does: sorted by name
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const [sc, dir] = process.argv.slice(2);
const rd = (f) => JSON.parse(readFileSync(f, 'utf8'));
for (const f of readdirSync(dir).filter((f) => f.endsWith('.json'))) {
  const s = rd(`${sc}/${f}`), t = rd(`${dir}/${f}`);
  const simple = new Set();
  const walk = (sup, path) => { if (sup.strategy === 'simple_one_for_one') simple.add(path);
    for (const c of sup.children ?? []) if (c.sup) walk(c.sup, path === 'root' ? c.id : `${path}/${c.id}`); };
  walk(s.supervisor, 'root');
  const parent = (id) => id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : 'root';
  const ev = t.events;
  for (let i = 0; i < ev.length; i++) {
    if (ev[i].ev !== 'exit' || !simple.has(ev[i].id)) continue;
    let j = i;
    while (j > 0 && (ev[j-1].ev === 'terminate' || ev[j-1].ev === 'exit') && ev[j-1].id !== 'root' && parent(ev[j-1].id) === ev[i].id && ev[j-1].step === ev[i].step) j--;
    let run = ev.slice(j, i);
    // its own doing comes first and keeps its place
    let k = 0;
    const soft = (e) => e.ev === 'terminate' ? ['shutdown', 'killed'].includes(e.reason) : true;
    for (let m = 0; m < run.length; m++) if (!soft(run[m])) k = m + 2;
    run = run.slice(k);
    run.sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : a.inc - b.inc);
    ev.splice(j + k, run.length, ...run);
  }
  writeFileSync(`${dir}/${f}`, JSON.stringify(t, null, 1) + '\n');
}

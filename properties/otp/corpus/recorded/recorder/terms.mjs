// scenario JSON -> erlang terms
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const [dir, out] = process.argv.slice(2);
const atom = (s) => `'${s.replace(/'/g, "\\'")}'`;
const t = (v) => v === null ? 'null' : typeof v === 'string' ? atom(v) : Array.isArray(v) ? `[${v.map(t)}]` :
  typeof v === 'object' ? `#{${Object.entries(v).filter(([k]) => k !== 'doc').map(([k, x]) => `${atom(k)} => ${t(x)}`)}}` : String(v);
let s = '';
for (const f of readdirSync(dir).filter((f) => f.endsWith('.json')).sort()) s += t(JSON.parse(readFileSync(`${dir}/${f}`, 'utf8'))) + '.\n';
writeFileSync(out, s);

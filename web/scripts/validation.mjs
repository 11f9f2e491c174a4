// Makes what `monde validate --json` prints as small as the page needs it: four
// digits, no fields that say nothing, and sums over models alone.

const chunks = [];
for await (const c of process.stdin) chunks.push(c);
const result = JSON.parse(Buffer.concat(chunks).toString());

const rounded = (v) => (typeof v === 'number' && !Number.isInteger(v) ? Number(v.toPrecision(4)) : v);
const said = (v) => v !== '' && v !== false && v !== null;
const small = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => said(v)).map(([k, v]) => [k, rounded(v)]));

const sets = result.sets.filter((s) => s.model === 'all').map(small);
process.stdout.write(JSON.stringify({...result, sets, rows: result.rows.map(small), constants: (result.constants ?? []).map(small)}));

// Writes .br and .gz beside everything in dist that compresses, so that the
// server only picks a file. BROTLI_WASM=9 builds ten seconds faster, a tenth larger.

import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {brotliCompressSync, constants, gzipSync} from 'node:zlib';

const dist = fileURLToPath(new URL('../../static/dist', import.meta.url));
const kinds = new Set(['.html', '.css', '.js', '.json', '.svg', '.wasm', '.bin', '.map', '.txt']);
const quality = (kind) => (kind === '.wasm' ? Number(process.env.BROTLI_WASM ?? 11) : 11);

const brotli = (data, kind) =>
  brotliCompressSync(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality(kind),
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      [constants.BROTLI_PARAM_LGWIN]: 24,
    },
  });

/** Writes a compressed sibling, unless it would be no smaller. */
function write(file, data, packed) {
  if (packed.length < data.length) writeFileSync(file, packed);
  else rmSync(file, {force: true});
}

const total = {raw: 0, br: 0, gz: 0};
for (const entry of readdirSync(dist, {recursive: true, withFileTypes: true})) {
  const kind = extname(entry.name);
  if (!entry.isFile() || !kinds.has(kind)) continue;
  const file = join(entry.parentPath, entry.name);
  const data = readFileSync(file);
  const [br, gz] = [brotli(data, kind), gzipSync(data, {level: 9})];
  write(`${file}.br`, data, br);
  write(`${file}.gz`, data, gz);
  total.raw += data.length;
  total.br += Math.min(br.length, data.length);
  total.gz += Math.min(gz.length, data.length);
  console.log(`${file.slice(dist.length + 1).padEnd(40)} ${String(data.length).padStart(9)} ${String(br.length).padStart(9)} br ${String(gz.length).padStart(9)} gz`);
}
console.log(`${'all'.padEnd(40)} ${String(total.raw).padStart(9)} ${String(total.br).padStart(9)} br ${String(total.gz).padStart(9)} gz`);

import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import preact from '@preact/preset-vite';
import {defineConfig} from 'vite';
import type {HtmlTagDescriptor, Plugin} from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The URL of a public file with a hash of its content, so that it may be cached for ever. */
function hashed(name: string): string {
  const file = at(`../static/public/${name}`);
  if (!existsSync(file)) return name;
  return `${name}?h=${createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)}`;
}

const wasm = hashed('monde.wasm');

/** Lets the simulator load beside the page instead of after it. */
function preload(): Plugin {
  const tag: HtmlTagDescriptor = {tag: 'link', attrs: {rel: 'preload', as: 'fetch', href: `./${wasm}`, crossorigin: true}, injectTo: 'head'};
  return {name: 'preload', transformIndexHtml: {order: 'post', handler: () => [tag]}};
}

export default defineConfig({
  root: at('../static'),
  base: './',
  cacheDir: at('node_modules/.vite'),
  publicDir: 'public',
  define: {__WASM_URL__: JSON.stringify(wasm), __FULL_URL__: JSON.stringify(hashed('monde-full.wasm')), __VALIDATION_URL__: JSON.stringify(hashed('validation.json'))},
  resolve: {alias: {'/src': at('src'), '@go/wasm_exec': at('../static/public/wasm_exec.js')}},
  plugins: [preact(), preload()],
  worker: {format: 'es'},
  server: {fs: {allow: [at('..')]}},
  build: {outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: {polyfill: false}, reportCompressedSize: false},
});

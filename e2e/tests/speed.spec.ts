import {expect, test} from '@playwright/test';
import {open, settled} from '../lib/page';

interface Stats { reruns: number[]; first: number[] }
declare global {
  interface Window { __mondeStats?: Stats }
}

const quantile = (sorted: readonly number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

// The figures go to the log. The budget of bytes is exact; gates of time leave
// room for a noisy machine, but for the simulator's own, which are the product's bar.
test('the first visit is small and soon interactive', async ({page}) => {
  let bytes = 0;
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  client.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
  await open(page);
  await page.waitForLoadState('networkidle');
  const interactive = await page.evaluate(() => performance.getEntriesByName('interactive')[0]?.startTime ?? Number.NaN);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN);
  console.log(`first visit: ${bytes} bytes over the wire, first paint ${paint.toFixed(0)} ms, interactive ${interactive.toFixed(0)} ms`);
  expect(bytes).toBeLessThan(1_100_000);
  expect(interactive).toBeLessThan(6_000);
});

test('a what-if rerun of NLLB-MoE is quick', async ({page}) => {
  await open(page);
  await page.waitForTimeout(500);
  const slider = page.getByLabel('Device bandwidth, slider');
  await slider.focus();
  await page.evaluate(() => {
    const s = window.__mondeStats;
    if (s) s.reruns.length = s.first.length = 0;
  });
  for (let i = 0; i < 120; i++) {
    const before = await page.evaluate(() => window.__mondeStats?.reruns.length ?? 0);
    await slider.press(i % 20 < 10 ? 'ArrowRight' : 'ArrowLeft');
    await page.waitForFunction((n) => (window.__mondeStats?.reruns.length ?? 0) > n, before);
  }
  await settled(page);
  const stats = await page.evaluate(() => window.__mondeStats);
  for (const kind of ['first', 'reruns'] as const) {
    const sorted = [...(stats?.[kind] ?? [])].sort((a, b) => a - b);
    console.log(`${kind}: ${sorted.length} of them, p50 ${quantile(sorted, 0.5).toFixed(1)} ms, p99 ${quantile(sorted, 0.99).toFixed(1)} ms`);
    expect(sorted.length).toBeGreaterThan(50);
    expect(quantile(sorted, 0.5)).toBeLessThan(100);
    expect(quantile(sorted, 0.99)).toBeLessThan(250);
  }
});

interface Core { call(request: Uint8Array, emit: (message: Uint8Array) => void): void }

test('the simulator in Chromium answers a rerun of NLLB-MoE within a frame', async ({page}) => {
  await open(page);
  await page.addScriptTag({url: '/wasm_exec.js'});
  const times = await page.evaluate(async () => {
    const {Go, WebAssembly: wasm} = window as unknown as {Go: new () => {importObject: WebAssembly.Imports; run(i: WebAssembly.Instance): void}; WebAssembly: typeof WebAssembly};
    const go = new Go();
    const {instance} = await wasm.instantiateStreaming(fetch('/monde.wasm'), go.importObject);
    go.run(instance);
    const core = (window as unknown as {monde: Core}).monde;
    const run = (seed: number) => {
      const request = new TextEncoder().encode(JSON.stringify({op: 'run', scenario: {seed}}));
      const start = performance.now();
      let last = new Uint8Array();
      core.call(request, (m) => (last = new Uint8Array(m)));
      JSON.parse(new TextDecoder().decode(last));
      return performance.now() - start;
    };
    const all = Array.from({length: 330}, (_, i) => run(i));
    return all.slice(30).sort((a, b) => a - b);
  });
  console.log(`simulator: ${times.length} reruns, p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`);
  expect(quantile(times, 0.5)).toBeLessThan(16);
  expect(quantile(times, 0.99)).toBeLessThan(100);
});

import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {open, settled, unfold, watchErrors} from '../lib/page';

/** Opens the rooflines, and waits until they are of the values that are set. */
async function openRoofs(page: Page, path = '/?view=roofline'): Promise<void> {
  await page.goto(path);
  await drawn(page);
}

async function drawn(page: Page): Promise<void> {
  await expect(page.locator('main .verdict')).not.toContainText('Simulating', {timeout: 30_000});
  await expect(page.locator('main .detail.stale')).toHaveCount(0);
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
  await expect(page.locator('.busy progress')).toHaveCount(0);
  await expect(page.getByRole('img', {name: /^Rooflines/})).toBeVisible();
}

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

const verdict = (page: Page) => page.locator('main .verdict').innerText();

test('the page says what binds the layers and where moving begins to pay', async ({page}) => {
  const errors = watchErrors(page);
  await openRoofs(page);
  expect(await verdict(page)).toMatch(/^Of 6\slayers with experts, .*worth moving to the GPU from 65\stokens on; below that the device is faster\./);
  await expect(page.getByRole('img', {name: /^Time of one expert by its tokens/})).toHaveAttribute('aria-label', /From 65\stokens on moving the weights is faster/);
  await expect(page.locator('.formula')).toContainText(/65\stokens/);
  expect(errors).toEqual([]);
});

test('the formula is the engine’s: a run of one expert just below and at the crossover', async ({page}) => {
  await open(page, '/?workload.scope=moe_layer&batch=1&input=512&strategy=MD%2BAM');
  await unfold(page);
  await page.getByLabel('Experts are chosen by').selectOption('counts');
  await page.locator('.figure', {hasText: 'Strategies'}).first().getByRole('button', {name: /Table/}).click();
  const latency = async (name: string) => Number.parseFloat(await page.getByRole('region', {name: 'Strategies compared'}).locator('tr', {hasText: name}).locator('td').first().innerText());
  const slower = async (tokens: number) => {
    await page.getByRole('textbox', {name: 'Tokens per expert'}).fill(String(tokens));
    await page.waitForTimeout(500);
    await settled(page);
    return (await latency('MD+AM')) > (await latency('GPU+PM, serial'));
  };
  expect([await slower(64), await slower(65)]).toEqual([false, true]);
});

test('a what-if moves the crossover and the layers with it', async ({page}) => {
  await openRoofs(page);
  await page.getByLabel('Link bandwidth', {exact: true}).fill('64');
  await drawn(page);
  await expect(page.locator('main .verdict')).not.toContainText(/from 65\stokens/);
  await page.getByLabel('Model', {exact: true}).selectOption('switch-large-128');
  await expect(page.locator('main .verdict')).toContainText(/Of 12\slayers with experts/);
});

test('a layer is chosen by keyboard, travels in the link, and comes back', async ({page, browser}) => {
  await openRoofs(page);
  const row = page.getByRole('button', {name: /^encoder block 11/});
  await row.focus();
  await page.keyboard.press('Enter');
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.detail-title')).toContainText('encoder block 11');
  await expect.poll(() => page.url()).toContain('view=roofline&layer=11');
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await openRoofs(fresh, page.url());
  await expect(fresh.locator('.detail-title')).toContainText('encoder block 11');
  expect(await verdict(fresh)).toBe(await verdict(page));
  await other.close();
});

test('the slider reads both pictures at any number of tokens, a token at a time', async ({page}) => {
  await openRoofs(page);
  const slider = page.getByLabel('Tokens of one expert');
  await slider.focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', /63.tokens/);
  await expect(page.locator('.probe-times')).toContainText('16');
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /^1.token$/);
  await page.getByRole('img', {name: /^Time of one expert/}).click({position: {x: 300, y: 100}});
  await expect(slider).not.toHaveAttribute('aria-valuetext', /^1.token$/);
});

test('the formula’s terms sum to what the slider reads, with the host’s calls where kernels are launched eagerly', async ({page}) => {
  await openRoofs(page);
  await expect(page.locator('.equation')).not.toContainText('calls');
  await openRoofs(page, '/?view=roofline&machine=h100-monde&machine.gpu.eager=true');
  await expect(page.locator('.equation')).toContainText('calls + PMove');
  const µs = (text: string | undefined) => {
    const [, value, unit] = /([\d.]+)\s(ns|µs|ms)/.exec(text ?? '') ?? [];
    return Number(value) * ({ns: 0.001, µs: 1, ms: 1000}[unit ?? ''] ?? Number.NaN);
  };
  const term = (name: string) => page.locator('.terms > div', {has: page.locator('dt', {hasText: name})}).first().locator('dd').innerText();
  const [calls, pmove, gpu, together] = [await term('calls'), await term('PMove'), await term('GPU'), await term('Together')];
  const sum = µs(calls.split('hides:')[1]) + µs(pmove.split('=')[1]) + µs(gpu.split('cost:')[1]);
  expect(Math.abs(sum / µs(together) - 1)).toBeLessThan(0.01); // each has three digits
  const read = await page.locator('.probe-times .site-moved strong').innerText();
  expect(together).toContain(`${read} moved`);
});

test('without a device the host is where experts are computed in place', async ({page}) => {
  await openRoofs(page, '/?view=roofline&machine=h100-box');
  expect(await verdict(page)).toContain('the host’s CPU is slower even for one');
  await expect(page.locator('main .legend').nth(1)).not.toContainText('on the device');
});

test('a refused value keeps the last good pictures and says so', async ({page}) => {
  await openRoofs(page);
  await page.getByLabel('Batch', {exact: true}).fill('0');
  await expect(page.locator('main .status')).toContainText('Some values cannot be simulated');
  await expect(page.getByRole('img', {name: /^Rooflines/})).toBeVisible();
  await clean(page);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [size, width, height] of [['a desktop', 1280, 800], ['a phone', 360, 740]] as const) {
    test(`the rooflines on ${size} in ${scheme}: pictures, then tables`, async ({page}, info) => {
      await page.emulateMedia({colorScheme: scheme});
      await page.setViewportSize({width, height});
      await openRoofs(page);
      await unfold(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await clean(page);
      await page.screenshot({path: info.outputPath(`roofline-${width}-${scheme}.png`), fullPage: true});
      for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
      await clean(page);
    });
  }
}

test('decoding: the mean active expert stands for the layer', async ({page}) => {
  await openRoofs(page, '/?view=roofline&model=gpt-oss-20b&phase=decode&output=4');
  await expect(page.locator('main')).toContainText('the report does not keep the counts of every pass');
  await clean(page);
});

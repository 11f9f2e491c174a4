import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {open, settled, unfold, watchErrors} from '../lib/page';

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

async function openAdvice(page: Page, path = '/?view=advise'): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('button', {name: 'Ask for advice'})).toBeVisible();
}

async function ask(page: Page, button = 'Ask for advice'): Promise<void> {
  await page.getByRole('button', {name: button}).click();
  await expect(page.locator('.busy progress')).toHaveCount(0, {timeout: 50_000});
}

const ranked = (page: Page) => page.getByRole('region', {name: 'Candidates, the best first'});

test('advice: what comes first and why, and near-data is never called the winner without a note', async ({page}) => {
  const errors = watchErrors(page);
  await openAdvice(page);
  await expect(page.locator('main')).toContainText('No advice yet');
  await page.getByLabel(/^GPU memory, at most/).fill('40'); // with more, a cache of most experts is faster
  await ask(page);
  const why = page.locator('.why');
  await expect(why).toContainText('only in simulation');
  await expect(why).toContainText('no proven winner');
  await expect(why).toContainText('Of what rests on measurements, ');
  const first = ranked(page).locator('tbody tr').first();
  await expect(first).toContainText('MD+LB');
  await expect(first).toContainText('simulated only');
  await expect(first).toContainText('not known');
  await expect(ranked(page)).toContainText('yours');
  expect(errors).toEqual([]);
});

test('a first visit does not fetch what searches; asking does, once', async ({page}) => {
  const fetched: string[] = [];
  page.on('request', (r) => fetched.push(new URL(r.url()).pathname));
  await openAdvice(page);
  expect(fetched).not.toContain('/monde-full.wasm');
  await ask(page);
  await ask(page);
  expect(fetched.filter((p) => p === '/monde-full.wasm')).toHaveLength(1);
});

test('a row’s link opens its scenario, with the latency that the row shows', async ({page, browser}) => {
  await openAdvice(page);
  await ask(page);
  const row = ranked(page).locator('tbody tr', {hasText: 'CPU+LB'}).first();
  const latency = await row.locator('td').nth(1).innerText();
  const href = await row.getByRole('link').getAttribute('href');
  await row.getByRole('link').click();
  await settled(page);
  expect(await page.locator('.cards .card-small').first().locator('.big').innerText()).toContain(latency);
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await open(fresh, `/${href}`);
  expect(await fresh.locator('.cards .card-small').first().locator('.big').innerText()).toContain(latency);
  await other.close();
});

test('limits and badges decide what is ranked, and what is left out is told', async ({page}) => {
  await openAdvice(page, '/?view=advise&machine=h100-box&model=mixtral-8x7b');
  await page.getByLabel('change the model’s output').check();
  await page.getByLabel(/^GPU memory, at most/).fill('30');
  await ask(page);
  await expect(ranked(page).locator('tbody tr').first()).toContainText('4-bit experts');
  await page.getByText(/candidates left out, and why/).click();
  await expect(page.locator('.left-out')).toContainText('does not fit GPU memory of 30 GB');
  await page.getByLabel(/^Latency, at most/).fill('0.001');
  await ask(page);
  await expect(page.locator('.why')).toContainText('Nothing that is allowed runs within these limits.');
  await page.getByLabel(/^Latency, at most/).fill('soon');
  await expect(page.getByRole('button', {name: 'Ask for advice'})).toBeDisabled();
  await clean(page);
});

test('a change makes the advice stale, and says so', async ({page}) => {
  await openAdvice(page);
  await ask(page);
  await unfold(page);
  await page.getByLabel('Batch', {exact: true}).fill('8');
  await expect(page.locator('main')).toContainText('This advice is of older values');
  await ask(page);
  await expect(page.locator('main')).not.toContainText('This advice is of older values');
  await page.getByLabel('change the model’s output').check();
  await expect(page.locator('main')).toContainText('This advice is of older values');
  await page.getByLabel('change the model’s output').uncheck();
  await expect(page.locator('main')).not.toContainText('This advice is of older values');
});

test('a long search shows how far it is, and is cancelled', async ({page}) => {
  await openAdvice(page, '/?view=advise&model=qwen3-30b-a3b&phase=generate&batch=32&output=256');
  await page.getByLabel('Best at').selectOption('throughput');
  await page.getByRole('button', {name: 'Ask for advice'}).click();
  await expect(page.locator('.busy')).toContainText(/run \d+ of about \d+/, {timeout: 30_000});
  await clean(page);
  await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
  await expect(page.locator('main .status')).toContainText('Cancelled');
  await page.getByLabel('Best at').selectOption('latency');
});

test('the front: axes are picked by keyboard, and the table has the same rows', async ({page}) => {
  await openAdvice(page);
  await ask(page);
  const picture = page.getByRole('img', {name: /^energy a token against latency/});
  await expect(picture).toBeVisible();
  await page.getByLabel('Across').selectOption('memory');
  await expect(page.getByRole('img', {name: /^energy a token against GPU memory/})).toBeVisible();
  await page.getByRole('button', {name: /Table instead of picture: What is traded/}).press('Enter');
  await expect(page.getByRole('region', {name: 'Candidates by two figures'}).locator('tbody tr')).toHaveCount(await ranked(page).locator('tbody tr').count());
});

test('how much is enough: reached, never, and the curve', async ({page}) => {
  await openAdvice(page);
  await ask(page, 'Find the least');
  await expect(page.locator('main')).toContainText(/Reached at 290\.\d GB\/s: 3 times as fast as GPU\+PM/);
  await expect(page.locator('main')).toContainText('Simulated only');
  await page.getByRole('button', {name: /Table instead of picture: bandwidth of the memory device/}).click();
  await expect(page.getByRole('region', {name: /by bandwidth of the memory device/})).toContainText('the least');
  await page.getByLabel(/^Goal/).fill('50');
  await ask(page, 'Find the least');
  await expect(page.locator('main')).toContainText('Never reached up to 8000 GB/s');
  await page.getByLabel('Least', {exact: true}).selectOption('machine.link.bandwidth_bytes_per_s');
  await page.getByLabel(/^Goal/).fill('1.5');
  await ask(page, 'Find the least');
  await expect(page.locator('main')).toContainText('the curve turns');
});

test('without a device its quantities cannot be chosen, and asking for one is refused', async ({page}) => {
  await openAdvice(page, '/?view=advise&machine=h100-box&model=mixtral-8x7b');
  await expect(page.getByLabel('Least', {exact: true}).locator('option', {hasText: 'MAC arrays'})).toBeDisabled();
  await ask(page, 'Find the least');
  await expect(page.locator('main .status')).toContainText('h100-box has no memory device');
  await clean(page);
});

test('what makes the difference: bars and words by resource, against any strategy', async ({page}) => {
  const errors = watchErrors(page);
  await page.goto('/?view=compare');
  await expect(page.locator('.differences > li')).toHaveCount(6);
  await page.getByLabel('Compare the others with').selectOption('GPU+PM');
  await expect(page.locator('.differences')).toContainText(/times faster than GPU\+PM, overlapped: it waits .* less for the link to the GPU/);
  await expect.poll(() => page.url()).toContain('view=compare&against=GPU%2BPM');
  await page.reload();
  await expect(page.getByLabel('Compare the others with')).toHaveValue('GPU+PM');
  await clean(page);
  await page.getByRole('button', {name: /Table instead of picture: Against/}).click();
  await clean(page);
  expect(errors).toEqual([]);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, height] of [[390, 800], [1280, 900], [2560, 1300]] as const) {
    test(`advice at ${width} px in ${scheme}: pictures, then tables`, async ({page}, info) => {
      await page.emulateMedia({colorScheme: scheme});
      await page.setViewportSize({width, height});
      await openAdvice(page);
      await ask(page);
      await ask(page, 'Find the least');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await clean(page);
      await page.screenshot({path: info.outputPath(`advise-${width}-${scheme}.png`), fullPage: true});
      for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
      await clean(page);
      await page.goto('/?view=compare');
      await expect(page.locator('.differences > li')).toHaveCount(6);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.screenshot({path: info.outputPath(`compare-${width}-${scheme}.png`), fullPage: true});
    });
  }
}

test('forced colours keep the pictures legible', async ({page}, info) => {
  await page.emulateMedia({forcedColors: 'active'});
  await openAdvice(page);
  await ask(page);
  await clean(page);
  await page.screenshot({path: info.outputPath('advise-forced.png'), fullPage: true});
});

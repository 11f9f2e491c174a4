import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {digest, settled, unfold, watchErrors} from '../lib/page';

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Opens the view, of a scenario whose points take no time. */
async function openSweeps(page: Page, query = 'batch=1&input=64'): Promise<void> {
  await page.goto(`/?view=sweep&${query}`);
  await expect(page.locator('.start-line .size')).toContainText('points');
}

const start = (page: Page) => page.getByRole('button', {name: 'Start the sweep'}).click();
const status = (page: Page) => page.getByRole('region', {name: /×|Batch|Seed/}).and(page.locator('.sweep-status'));
const badge = (page: Page) => status(page).locator('h2 .badge');
const done = (page: Page) => expect(badge(page)).toHaveText('done', {timeout: 45_000});
const best = (page: Page) => page.locator('.sweep-best tbody tr');
const map = (page: Page) => page.locator('.sweep-map .canvas-box');
const shown = (page: Page) => page.locator('.sweep .readout');
const axis = (page: Page, n: number) => page.locator('.axis').nth(n);

/** Varies batch and seed so much that there is time to look. */
async function long(page: Page): Promise<void> {
  await openSweeps(page, 'model=qwen3-30b-a3b&phase=decode&batch=4&output=64');
  await pick(page, 1, 'seed');
  await axis(page, 1).getByLabel('As').selectOption('range');
  await axis(page, 1).getByLabel('From').fill('0');
  await axis(page, 1).getByLabel('To').fill('999');
  await axis(page, 1).getByLabel('Values').fill('1000');
  await axis(page, 1).getByLabel('Steps').selectOption('linear');
  await start(page);
  await expect(badge(page)).toHaveText(/running|waiting/);
}

/** Lets an axis vary another field. */
async function pick(page: Page, n: number, path: string): Promise<void> {
  await axis(page, n).getByRole('combobox', {name: /^Vary/}).fill(path);
  await axis(page, n).getByRole('option').filter({hasText: path}).first().click();
}

test('a grid fills its map, and its best point opens with the digest that the server found', async ({page}) => {
  const errors = watchErrors(page);
  await openSweeps(page);
  await expect(page.locator('.start-line .size')).toContainText('56 points');
  await start(page);
  await done(page);
  await expect(status(page)).toContainText('56 of 56 points');
  expect(new URL(page.url()).hash).toContain('&sweep=');
  await expect(best(page)).toHaveCount(10);
  await expect(map(page)).toHaveAttribute('aria-label', /^Map of Latency: 8 values of Batch across, 7 of Link bandwidth up/);
  const link = best(page).first().getByRole('link');
  const want = await link.getAttribute('data-digest');
  const href = await link.getAttribute('href');
  await link.click();
  await settled(page);
  expect(await digest(page)).toBe(want);
  await page.goto(`/${href}`);
  await settled(page);
  expect(await digest(page)).toBe(want);
  expect(errors).toEqual([]);
});

test('a point of strategies and machines opens with its digest too', async ({page}) => {
  await openSweeps(page);
  await page.getByRole('button', {name: /^Strategies × batch/}).click();
  await pick(page, 0, 'machine');
  await axis(page, 0).getByLabel('h100-box').check();
  await axis(page, 0).getByLabel('monde-a100').check();
  await start(page);
  await done(page);
  for (const n of [0, 5, 9]) {
    const link = best(page).nth(n).getByRole('link');
    if ((await link.count()) === 0) continue;
    const want = await link.getAttribute('data-digest');
    await link.click();
    await settled(page);
    expect(await digest(page)).toBe(want);
    await page.goBack();
    await done(page);
    await expect(best(page).first().getByRole('link')).toBeVisible();
  }
});

test('the map is read and opened by keyboard alone', async ({page}) => {
  await openSweeps(page);
  await page.getByRole('button', {name: 'Start the sweep'}).focus();
  await page.keyboard.press('Enter');
  await done(page);
  await map(page).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(shown(page)).toContainText('Batch 2, Link bandwidth 512');
  await page.keyboard.press('ArrowDown');
  await expect(shown(page)).toContainText('Batch 2, Link bandwidth 256');
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(page.getByLabel('Batch', {exact: true})).toHaveValue('2');
  await expect(page.getByLabel('Link bandwidth', {exact: true})).toHaveValue('256');
});

test('a field is found by typing, and chosen by keyboard', async ({page}) => {
  await openSweeps(page);
  await axis(page, 0).getByRole('combobox', {name: /^Vary/}).focus();
  await page.keyboard.type('gpu memory');
  await page.keyboard.press('Enter');
  await expect(axis(page, 0)).toContainText('machine.gpu.memory_bytes');
  await axis(page, 0).getByRole('combobox', {name: /^Vary/}).fill('model.d_model');
  await page.keyboard.press('Enter');
  await expect(axis(page, 0).getByRole('combobox', {name: /^Vary/})).toHaveValue('model.d_model');
});

test('a long sweep shows its progress, is the same in another tab and after a reload, and ends when it is cancelled', async ({page, context}) => {
  await long(page);
  const share = async () => Number(await page.getByRole('progressbar', {name: 'Progress of the sweep'}).getAttribute('value'));
  await expect.poll(share, {timeout: 20_000}).toBeGreaterThan(0);
  await expect(map(page)).toBeVisible();
  await page.reload();
  await expect.poll(share, {timeout: 20_000}).toBeGreaterThan(0);
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(badge(second)).toHaveText('running');
  await status(page).getByRole('button', {name: 'Cancel'}).click();
  for (const p of [page, second]) await expect(badge(p)).toHaveText('cancelled');
  await expect(page.locator('.sweep-recent')).toContainText('cancelled');
});

test('drawn points are dots, and files of all points are to be had', async ({page}) => {
  await openSweeps(page);
  await page.getByLabel('Points are').selectOption('lhs');
  await page.getByLabel('Points', {exact: true}).fill('40');
  await start(page);
  await done(page);
  await expect(page.locator('.sweep-dots .plot')).toBeVisible();
  await page.getByRole('button', {name: /^Table instead/}).click();
  await expect(page.getByRole('region', {name: 'Points by Latency', exact: true}).locator('tbody tr')).toHaveCount(40);
  for (const name of ['CSV', 'JSON Lines', 'Parquet']) {
    const coming = page.waitForEvent('download');
    await page.locator('.sweep-files').getByRole('link', {name}).click();
    expect((await coming).suggestedFilename()).toMatch(/^sweep-.+\.(csv|jsonl|parquet)$/);
  }
});

test('what the form knows to be wrong is said before anything is sent', async ({page}) => {
  await openSweeps(page);
  await axis(page, 0).getByLabel('Values').fill('1, two');
  await expect(axis(page, 0).locator('.field-error')).toContainText('“two” is no number');
  await expect(page.getByRole('button', {name: 'Start the sweep'})).toBeDisabled();
  await axis(page, 0).getByLabel('As').selectOption('range');
  await axis(page, 0).getByLabel('Values').fill('4000');
  await axis(page, 0).getByLabel('To').fill('4000');
  await expect(page.locator('.sweep-start .field-error')).toContainText('28,000 points; from a page the server takes at most 20,000');
});

test('what the server refuses is said at its field', async ({page}) => {
  await openSweeps(page);
  await pick(page, 0, 'model.d_model');
  await axis(page, 0).getByRole('combobox', {name: /^Vary/}).fill('workload.bacth');
  await page.keyboard.press('Enter');
  await axis(page, 0).getByLabel('As').selectOption('values');
  await axis(page, 0).getByLabel('Values').fill('1, 2');
  await start(page);
  await expect(axis(page, 0).locator('.field-error')).toContainText('bacth');
  await expect(page.locator('.sweep-status')).toHaveCount(0);
});

test('a busy server says when to try again', async ({page}) => {
  await openSweeps(page);
  await page.route('**/api/v1/sweeps', (r) => (r.request().method() === 'POST' ? r.fulfill({status: 429, headers: {'retry-after': '9'}, contentType: 'application/problem+json', json: {title: 'Too Many Requests', detail: 'The server is busy.'}}) : r.fallback()));
  await start(page);
  await expect(page.locator('.sweep-start [role="alert"]')).toContainText('The server is busy. Try again in 9\u00a0s.');
});

test('a sweep that does not exist is said to be unknown', async ({page}) => {
  await page.goto('/?view=sweep&sweep=nosuchsweep');
  await expect(page.locator('main')).toContainText('This sweep cannot be shown');
  await page.getByRole('button', {name: 'Close it'}).click();
  await expect(page.getByRole('button', {name: 'Start the sweep'})).toBeVisible();
});

test('without a server the page says so, and has the command that does the same', async ({page}) => {
  await page.route('**/readyz', (r) => r.abort());
  await page.route('**/api/**', (r) => r.abort());
  await openSweeps(page);
  await expect(page.locator('main')).toContainText('No server here');
  await expect(page.getByRole('button', {name: 'Start the sweep'})).toHaveCount(0);
  await expect(page.getByLabel('Command', {exact: true})).toHaveText("monde sweep scenario.json --axis 'workload.batch=1,2,4,8,16,32,64,128' --axis 'machine.link.bandwidth_bytes_per_s=8000000000,16000000000,32000000000,64000000000,128000000000,256000000000,512000000000'");
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [size, width, height] of [['a desktop', 1280, 900], ['a phone', 390, 844]] as const) {
    test.describe(`in ${scheme} on ${size}`, () => {
      test.use({colorScheme: scheme, viewport: {width, height}});

      test('the form, a map, lines, dots and their tables are accessible', async ({page}) => {
        await openSweeps(page);
        await unfold(page);
        await clean(page);
        await axis(page, 0).getByRole('combobox', {name: /^Vary/}).click();
        await expect(axis(page, 0).getByRole('option').first()).toBeVisible();
        await clean(page);
        await page.keyboard.press('Escape');
        await page.getByRole('button', {name: /^Strategies × batch/}).click();
        await start(page);
        await done(page);
        await clean(page);
        await page.getByLabel('Drawn as').selectOption('lines');
        await clean(page);
        await page.getByRole('button', {name: /^Table instead/}).click();
        await clean(page);
        await page.locator('.sweep-ask > summary').click();
        await page.getByLabel('Points are').selectOption('random');
        await page.getByLabel('Points', {exact: true}).fill('30');
        await start(page);
        await expect(page.locator('.sweep-dots')).toBeVisible();
        await done(page);
        await clean(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });

      test('mistakes, and a page without a server, are accessible', async ({page}) => {
        await page.route('**/readyz', (r) => r.abort());
        await openSweeps(page);
        await axis(page, 0).getByLabel('Values').fill('');
        await expect(axis(page, 0).locator('.field-error')).toBeVisible();
        await clean(page);
      });
    });
  }
}

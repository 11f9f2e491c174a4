import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {readFile} from 'node:fs/promises';
import {digest, latency, open, settled, watchErrors} from '../lib/page';

interface Row {
  readonly set: string;
  readonly error: number;
  readonly fitted?: boolean;
}

interface Sum {
  readonly name: string;
  readonly strategy: string;
  readonly machine: string;
  readonly fitted?: boolean;
  readonly rows: number;
  readonly mean: number;
}

/** What the server gives the page. */
async function file(page: Page): Promise<{readonly sets: readonly Sum[]; readonly rows: readonly Row[]; readonly constants: readonly unknown[]}> {
  return (await page.request.get('/validation.json')).json();
}

/** Opens the view, and waits until it shows the comparison and the current scenario's numbers. */
async function openTrust(page: Page, path = '/?view=trust'): Promise<void> {
  await page.goto(path);
  await compared(page);
}

async function compared(page: Page): Promise<void> {
  await expect(page.getByRole('heading', {name: 'Predicted against measured, set by set'})).toBeVisible();
  await expect(page.locator('main summary', {hasText: 'Numbers of the current scenario'})).toBeVisible({timeout: 30_000});
  await expect(page.locator('.busy progress')).toHaveCount(0);
}

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Answers for the file of the comparison with something else. */
const answer = (page: Page, status: number, body: unknown) => page.route('**/validation.json*', (r) => r.fulfill({status, contentType: 'application/json', body: JSON.stringify(body)}));

const sums = (page: Page) => page.getByRole('region', {name: 'Errors of each set', exact: true});
const picture = (page: Page) => page.getByRole('application');
const reading = (page: Page) => page.locator('.reading');
const share = (x: number) => `${(x * 100).toFixed(1)}\u00a0%`;

test('the first thing said is that nothing near the data has been measured', async ({page}) => {
  const errors = watchErrors(page);
  await openTrust(page);
  const first = page.locator('main h2').first();
  await expect(first).toHaveText('No NDP expert execution has been measured anywhere.');
  await expect(first).toBeInViewport();
  await expect(page.locator('.card-small', {hasText: 'Experts near the data'})).toContainText('unknown');
  await expect(page).toHaveTitle(/^How far to trust this/);
  expect(errors).toEqual([]);
});

test('nothing of the view is fetched before it is opened', async ({page}) => {
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  const own = () => asked.filter((p) => /validation\.json$|\/Trust-/.test(p));
  await open(page);
  expect(own()).toEqual([]);
  await page.getByRole('navigation', {name: 'Views'}).getByRole('link', {name: 'How far to trust this'}).click();
  await compared(page);
  expect(own().filter((p) => p.endsWith('validation.json'))).toHaveLength(1);
});

test('every set of the file is in the table, with the figures of its held-out rows', async ({page}) => {
  await openTrust(page);
  const held = (await file(page)).sets.filter((s) => s.strategy === 'all' && s.machine === 'all' && !s.fitted);
  const rows = sums(page).locator('tbody tr');
  await expect(rows).toHaveCount(held.length);
  const layers = held.find((s) => s.name === 'h100/graph_layers');
  const line = rows.filter({hasText: 'MoE layers from a CUDA graph'});
  await expect(line.locator('td').first()).toHaveText(String(layers?.rows));
  await expect(line.locator('td').nth(1)).toHaveText(share(layers?.mean ?? -1));
});

test('fitted rows are summed apart, and drawn as squares beside the circles', async ({page}) => {
  await openTrust(page, '/?view=trust&set=h100%2Fffn');
  const rows = (await file(page)).rows.filter((r) => r.set === 'h100/ffn');
  const drawn = async (kind: string) => (await page.locator(`.scatter-plot .plot path.${kind}`).getAttribute('d'))?.match(/M/g)?.length;
  expect(await drawn('row-fitted')).toBe(rows.filter((r) => r.fitted).length);
  expect(await drawn('row-held')).toBe(rows.filter((r) => !r.fitted).length);
  await page.locator('summary', {hasText: 'Rows that constants were fitted to'}).first().click();
  await expect(page.getByRole('region', {name: 'Errors of each set, fitted rows'}).locator('tbody tr', {hasText: 'One expert on the GPU'})).toHaveCount(1);
});

test('a set is chosen by keyboard, travels in the address, and the way back leads out of it', async ({page, browser}) => {
  await openTrust(page);
  const name = sums(page).getByRole('button', {name: 'One expert on the CPU'});
  await name.focus();
  await page.keyboard.press('Enter');
  await expect(name).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('heading', {name: 'One expert on the CPU'})).toBeVisible();
  await expect.poll(() => page.url()).toContain('view=trust&set=h100%2Fcpu');
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await openTrust(fresh, page.url());
  await expect(fresh.getByRole('heading', {name: 'One expert on the CPU'})).toBeVisible();
  await other.close();
  await page.goBack();
  await expect(page.getByRole('heading', {name: 'MoE layers from a CUDA graph'})).toBeVisible();
});

test('a set that the file does not hold opens the first', async ({page}) => {
  await openTrust(page, '/?view=trust&set=nobody');
  await expect(sums(page).getByRole('button', {pressed: true})).toHaveText('MoE layers from a CUDA graph');
});

test('a part of a set is seen alone, and all of them again', async ({page}) => {
  await openTrust(page);
  const all = await picture(page).getAttribute('aria-label');
  await page.getByRole('button', {name: 'pm_serial, h100-box'}).click();
  await expect(page.getByRole('heading', {name: 'MoE layers from a CUDA graph: pm_serial, h100-box'})).toBeVisible();
  await expect(picture(page)).toHaveAttribute('aria-label', /14\srows/);
  await page.getByRole('button', {name: 'Show all parts'}).click();
  await expect(picture(page)).toHaveAttribute('aria-label', all ?? '');
});

test('arrow keys read the rows, and Enter opens the scenario of one', async ({page}) => {
  await openTrust(page);
  await picture(page).focus();
  await page.keyboard.press('ArrowUp');
  const worst = Math.max(...(await file(page)).rows.filter((r) => r.set === 'h100/graph_layers').map((r) => Math.abs(r.error)));
  await expect(reading(page).locator('.big')).toContainText(share(worst));
  await page.keyboard.press('Home');
  const least = await reading(page).innerText();
  await page.keyboard.press('ArrowRight');
  await expect(reading(page)).not.toHaveText(least);
  await page.keyboard.press('Escape');
  await expect(reading(page)).toContainText('Furthest off');
  await page.keyboard.press('End');
  await expect(reading(page)).toContainText('mixtral-8x7b');
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(page.locator('.detail-title')).toContainText('mixtral-8x7b');
  await expect(page.locator('.detail-title')).toContainText('h100-box');
});

test('the pointer reads a row, and a click holds it', async ({page}) => {
  await openTrust(page);
  await reading(page).getByRole('button').first().click();
  await expect(reading(page)).toContainText('Measured');
  const ring = await page.locator('.aimed-row path').boundingBox();
  await page.keyboard.press('Tab');
  await picture(page).focus();
  await page.keyboard.press('Escape');
  await page.mouse.move((ring?.x ?? 0) + 7, (ring?.y ?? 0) + 7);
  await expect(reading(page)).toContainText('Measured');
  await page.mouse.click((ring?.x ?? 0) + 7, (ring?.y ?? 0) + 7);
  const held = await reading(page).innerText();
  await page.mouse.move((ring?.x ?? 0) - 150, (ring?.y ?? 0) + 100);
  expect(await reading(page).innerText()).toBe(held);
});

test('a row’s link gives the scenario that the row opens here', async ({page, browser}) => {
  await openTrust(page);
  await reading(page).getByRole('button').first().click();
  const link = reading(page).getByRole('link', {name: 'Open this scenario'});
  await expect(link).toHaveAttribute('href', /#v1\./);
  const href = (await link.getAttribute('href')) ?? '';
  await link.click();
  await settled(page);
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await open(fresh, `/${href}`);
  expect([await latency(fresh), await digest(fresh)]).toEqual([await latency(page), await digest(page)]);
  await other.close();
});

test('the table twin turns its pages, and is saved whole', async ({page}) => {
  await openTrust(page, '/?view=trust&set=gpu_moe%2Fmoe_kernels');
  await page.getByRole('button', {name: /instead of picture: Fused/}).click();
  const rows = (await file(page)).rows.filter((r) => r.set === 'gpu_moe/moe_kernels');
  const status = page.locator('.pager [role=status]');
  await expect(status).toContainText(`1 to 50 of ${rows.length.toLocaleString('en')}`);
  const errors = page.getByRole('region', {name: 'Rows of gpu_moe/moe_kernels'}).locator('tbody tr td:nth-child(4)');
  await expect(errors.first()).toContainText(share(Math.max(...rows.map((r) => Math.abs(r.error)))));
  await page.getByRole('button', {name: 'Next page'}).click();
  await expect(status).toContainText('51 to 100');
  await page.getByLabel('Order').selectOption('measured');
  await expect(status).toContainText('1 to 50');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', {name: 'Save as CSV'}).click();
  const text = await readFile(await (await saved).path(), 'utf8');
  expect(text.split('\n')).toHaveLength(rows.length + 1);
});

test('errors may be what is drawn, on the same rows', async ({page}) => {
  await openTrust(page);
  await page.getByLabel('Upwards').selectOption('error');
  await expect(page.locator('.scatter .axis-title').last()).toHaveText('predicted less measured');
  await expect(page.locator('.scatter-plot .plot')).toContainText('+10');
});

test('the source of every constant, and of every number of the current scenario', async ({page}) => {
  await openTrust(page);
  await page.locator('summary', {hasText: 'Constants of all GPUs'}).click();
  const constants = page.getByRole('region', {name: 'Constants of all GPUs'}).locator('tbody tr');
  await expect(constants).toHaveCount((await file(page)).constants.length);
  for (const known of await constants.locator('td:nth-child(3)').allInnerTexts()) expect(known).toMatch(/^(fitted +to .+|measured|assumed)$/);
  await page.locator('summary', {hasText: 'Numbers of the current scenario'}).click();
  const numbers = page.getByRole('region', {name: 'How each number is known'}).locator('tbody tr');
  await expect(numbers.filter({hasText: 'machine.device.bandwidth'}).first()).toBeVisible();
  for (const source of await numbers.locator('td:nth-child(4)').allInnerTexts()) expect(source).not.toBe('');
});

test('what no measurement is about is listed', async ({page}) => {
  await openTrust(page);
  const gaps = page.locator('section', {has: page.getByRole('heading', {name: 'Not validated at all'})});
  for (const what of ['Experts near the data', 'CXL link', 'Energy and power', 'Low-bit experts']) await expect(gaps).toContainText(what);
});

test('rows without a prediction are listed with the reason, and are in no figure', async ({page}) => {
  const whole = await file(page);
  const [first] = whole.rows;
  const reasons = new Set(whole.rows.filter((r) => r.problem !== undefined).map((r) => `${r.set} ${r.problem ?? ''}`));
  await answer(page, 200, {...whole, rows: [...whole.rows, {...first, problem: 'model "x" is not known', scenario: undefined}]});
  await openTrust(page);
  const problems = page.getByRole('region', {name: 'Rows without a prediction'}).getByRole('table');
  await expect(problems.locator('tbody tr')).toHaveCount(reasons.size + 1);
  await expect(problems).toContainText('model "x" is not known');
  await clean(page);
});

test('a file without rows is said to be empty, and the rest of the view is there', async ({page}) => {
  await answer(page, 200, {engine: '0', sets: [], rows: [], constants: []});
  await page.goto('/?view=trust');
  await expect(page.locator('main')).toContainText('The file sums up no set of measurements');
  await expect(page.getByRole('heading', {name: 'Not validated at all'})).toBeVisible();
  await clean(page);
});

test('a comparison that cannot be fetched says why, and is fetched again when asked', async ({page}) => {
  await answer(page, 404, {});
  await page.goto('/?view=trust');
  await expect(page.locator('main .status')).toContainText('could not be fetched: the file is missing');
  await expect(page.locator('main h2').first()).toContainText('No NDP expert execution');
  await clean(page);
  await page.unroute('**/validation.json*');
  await page.getByRole('button', {name: 'Try again'}).click();
  await compared(page);
});

test('while the comparison is on its way the page says so', async ({page}) => {
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/validation.json*', async (r) => {
    await held;
    await r.continue();
  });
  await page.goto('/?view=trust');
  await expect(page.locator('main')).toHaveAttribute('aria-busy', 'true');
  await expect(page.locator('main .verdict')).toHaveText('Fetching the measurements…');
  await clean(page);
  go();
  await compared(page);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [size, width, height] of [['a desktop', 1280, 900], ['a phone', 390, 844], ['a wide screen', 2560, 1440]] as const) {
    test(`the comparison on ${size} in ${scheme}: picture, a row, then tables`, async ({page}, info) => {
      await page.emulateMedia({colorScheme: scheme, reducedMotion: 'reduce'});
      await page.setViewportSize({width, height});
      await openTrust(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await clean(page);
      await page.screenshot({path: info.outputPath(`trust-${width}-${scheme}.png`), fullPage: true});
      await reading(page).getByRole('button').first().click();
      await clean(page);
      await page.locator('main details').evaluateAll((all) => all.forEach((d) => ((d as HTMLDetailsElement).open = true)));
      for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
      await expect(page.locator('.pager')).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await clean(page);
    });
  }
}

test('with forced colours the open set and the picture can still be told', async ({page}, info) => {
  await page.emulateMedia({forcedColors: 'active'});
  await openTrust(page);
  await expect(sums(page).getByRole('button', {pressed: true})).toHaveCSS('border-top-width', '3px');
  await expect(picture(page)).toHaveCSS('forced-color-adjust', 'none');
  await page.screenshot({path: info.outputPath('trust-forced.png'), fullPage: true});
});

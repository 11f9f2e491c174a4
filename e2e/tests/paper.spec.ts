import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {open, settled, unfold, watchErrors} from '../lib/page';

test.setTimeout(120_000);

/** Opens the paper's view, and waits until the figure in sight is whole, links and all. */
async function openPaper(page: Page, path = '/?view=paper'): Promise<void> {
  await page.goto(path);
  await whole(page, 'batch');
}

/** Waits until a figure that is in sight has all its bars, their bands and their links. */
async function whole(page: Page, id: string): Promise<void> {
  const figure = page.locator(`#figure-${id}`);
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.locator('.speed-value b', {hasText: '…'})).toHaveCount(0, {timeout: 60_000});
  await expect(page.locator('.busy progress')).toHaveCount(0, {timeout: 60_000});
  await expect(figure.locator('span.speed:not(.ticks)')).toHaveCount(0, {timeout: 20_000});
}

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

const bar = (page: Page, name: string | RegExp) => page.locator('#figure-batch').getByRole('link', {name});
const speed = async (page: Page, name: string | RegExp) => Number((await bar(page, name).locator('.speed-value b').innerText()).replace('×', ''));

test('the paper’s script is fetched when it is opened, and nothing of it runs before', async ({page}) => {
  const scripts: string[] = [];
  page.on('request', (r) => /\/Paper-|\/Roofline-/.test(r.url()) && scripts.push(r.url()));
  await open(page);
  await page.waitForLoadState('networkidle');
  expect(scripts).toEqual([]);
  await page.getByRole('link', {name: 'MoNDE, the paper'}).click();
  await expect(page.locator('#figure-batch')).toBeVisible();
  expect(scripts.length).toBeGreaterThan(0);
});

test('the figures are predicted from the defaults, and say what is published and what is not', async ({page}) => {
  const errors = watchErrors(page);
  await openPaper(page);
  await expect(page.locator('main .verdict')).toContainText(/Predicted here: MD\+LB is up to [\d.]+× as fast as GPU\+PM in the encoder/);
  await expect(page.locator('.claim')).toContainText('up to 7.5× in the encoder and 3.7× in the decoder');
  await expect(page.locator('.claim')).toContainText('before they were compared');
  await expect(page.locator('main')).toContainText('No NDP expert execution has been measured anywhere');
  await expect(page.locator('.defaults')).toContainText('Every value is its documented default');
  await expect(page.locator('#figure-batch').getByRole('link')).toHaveCount(4 * 3 * 4);
  await expect(bar(page, /^MD\+LB ?, NLLB-MoE encoder, Batch 4:/)).toContainText(/the speed of GPU\+PM, [\d.]+× to [\d.]+× over plausible skews/);
  expect(await speed(page, /^Ideal ?, NLLB-MoE encoder, Batch 4/)).toBeGreaterThan(await speed(page, /^MD\+LB ?, NLLB-MoE encoder, Batch 4/));
  expect(errors).toEqual([]);
});

test('a bar leads to its scenario: the strategies there say the same, and back leads back', async ({page}) => {
  await openPaper(page);
  const link = bar(page, /^MD\+LB ?, Switch-Large-128 decoder, Batch 16/);
  const [want, href] = [await link.locator('.speed-value b').innerText(), (await link.getAttribute('href')) ?? ''];
  expect(href).toMatch(/^#v1\./);
  await link.focus();
  await page.keyboard.press('Enter');
  await settled(page);
  await expect(page.getByLabel('Batch', {exact: true})).toHaveValue('16');
  await expect(page.locator('.detail-title')).toContainText('switch-large-128 on monde-a100, decoder, event');
  // The serial variant of the baseline is slower than the overlapped one, so both views mean the latter.
  await expect(page.locator('.card-small', {hasText: 'Against GPU+PM'}).locator('.big')).toHaveText(want);
  await page.goBack();
  await whole(page, 'batch');
  await expect(bar(page, /^MD\+LB ?, Switch-Large-128 decoder, Batch 16/).locator('.speed-value b')).toHaveText(want);
});

test('an open point changes the figures, is named, travels in the link, and goes back', async ({page, browser}) => {
  await openPaper(page);
  await unfold(page);
  const before = await speed(page, /^MD\+AM ?, NLLB-MoE encoder, Batch 1:/);
  await page.getByLabel('GPU+PM moves weights').selectOption('serial');
  await page.getByLabel('Link efficiency', {exact: true}).fill('0.7');
  await expect(page.locator('.defaults')).toContainText('machine.link.efficiency');
  await expect(page.locator('.defaults')).toContainText('strategy.transfer');
  await page.getByLabel('Batch sizes').fill('1, 8');
  await whole(page, 'batch');
  await expect(page.locator('#figure-batch').getByRole('link')).toHaveCount(4 * 2 * 4);
  const after = await speed(page, /^MD\+AM ?, NLLB-MoE encoder, Batch 1:/);
  expect(after).toBeGreaterThan(before); // a slower link is the baseline's loss
  await expect.poll(() => page.url()).toContain('view=paper&batches=1~8');
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await openPaper(fresh, page.url());
  expect(await speed(fresh, /^MD\+AM ?, NLLB-MoE encoder, Batch 1:/)).toBe(after);
  await other.close();
  await page.getByRole('button', {name: 'Back to the defaults'}).click();
  await whole(page, 'batch');
  expect(await speed(page, /^MD\+AM ?, NLLB-MoE encoder, Batch 1:/)).toBe(before);
});

test('the sensitivities run when they come into sight, and their table says what their bars do', async ({page}) => {
  await openPaper(page);
  await expect(page.locator('#figure-experts .speed-value', {hasText: '…'}).first()).toBeAttached();
  for (const id of ['bandwidth', 'devices', 'experts', 'width']) await whole(page, id);
  const figure = page.locator('#figure-bandwidth');
  const value = await figure.getByRole('link', {name: /^MD\+AM ?, NLLB-MoE decoder, 2 ×/}).locator('.speed-value b').innerText();
  await figure.getByRole('button', {name: /Table/}).click();
  const row = figure.locator('tbody tr', {hasText: 'NLLB-MoE decoder'}).nth(2);
  await expect(row).toContainText(value);
});

test('long work can be cancelled, and taken up again', async ({page}) => {
  await openPaper(page);
  await page.getByLabel('Output', {exact: true}).fill('256');
  await expect(page.locator('.busy progress')).toBeVisible();
  await clean(page);
  await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
  await expect(page.locator('.busy progress')).toHaveCount(0);
  await expect(page.locator('main .status[role=status]')).toContainText('Cancelled');
  await clean(page);
  await page.getByRole('button', {name: 'Run the rest'}).click();
  await expect(page.locator('.busy progress')).toBeVisible();
});

test('a link to long work waits to be asked', async ({page}) => {
  await page.goto('/?view=paper&fidelity=cycle');
  await expect(page.locator('main .status[role=status]')).toContainText(/take about/);
  await expect(page.getByRole('button', {name: 'Run', exact: true})).toBeVisible();
  await expect(page.locator('.busy progress')).toHaveCount(0);
});

test('a refused value is said beside its control, and a machine without a device leads back', async ({page}) => {
  await openPaper(page);
  await unfold(page);
  await page.getByLabel('Link efficiency', {exact: true}).fill('2');
  await expect(page.locator('.field-error')).toBeVisible();
  await expect(page.locator('main .status').first()).toContainText('The engine refuses');
  await clean(page);
  await page.goto('/?view=paper&machine=h100-box');
  await expect(page.locator('main')).toContainText('no MoNDE device');
  await clean(page);
  await page.getByRole('button', {name: 'Take the paper’s machine'}).click();
  await whole(page, 'batch');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [size, width, height] of [['a desktop', 1280, 800], ['a phone', 360, 740]] as const) {
    test(`the paper on ${size} in ${scheme}: bars, then tables`, async ({page}, info) => {
      await page.emulateMedia({colorScheme: scheme});
      await page.setViewportSize({width, height});
      await openPaper(page);
      for (const id of ['bandwidth', 'devices', 'experts', 'width']) await whole(page, id);
      await unfold(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await clean(page);
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({path: info.outputPath(`paper-${width}-${scheme}.png`), fullPage: true});
      for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
      await page.locator('main details').evaluateAll((all) => all.forEach((d) => ((d as HTMLDetailsElement).open = true)));
      await clean(page);
    });
  }
}

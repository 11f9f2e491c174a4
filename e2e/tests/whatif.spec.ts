import {readFileSync} from 'node:fs';
import {expect, test} from '@playwright/test';
import {changed, digest, example, latency, open, settled, unfold, watchErrors} from '../lib/page';

test('a slider changes the numbers', async ({page}) => {
  const errors = watchErrors(page);
  await open(page);
  const [was, shown] = [await digest(page), await latency(page)];
  const slider = page.getByLabel('Link bandwidth, slider');
  await slider.focus();
  for (let i = 0; i < 10; i++) await slider.press('ArrowRight');
  await changed(page, was);
  expect(await latency(page)).not.toBe(shown);
  expect(errors).toEqual([]);
});

test('every strategy is compared, with the same numbers in the table', async ({page}) => {
  await open(page);
  const figure = page.locator('section.figure').first();
  await figure.getByRole('button', {name: /Table/}).click();
  const rows = figure.locator('tbody tr');
  await expect(rows).toHaveCount(7);
  for (const name of ['Ideal', 'GPU+PM', 'CPU+AM', 'CPU+LB', 'MD+AM', 'MD+LB']) await expect(figure.locator('tbody')).toContainText(name);
});

test('a value out of range is marked by its field, and the last good result stays', async ({page}) => {
  await open(page);
  const was = await digest(page);
  const batch = page.getByLabel('Batch', {exact: true});
  await batch.fill('0');
  await expect(page.locator('.field-error')).toContainText('must be 1 to');
  await expect(batch).toHaveAttribute('aria-invalid', 'true');
  expect(await page.locator('.digest code').innerText()).toBe(was);
  await batch.fill('2');
  await changed(page, was);
  await expect(page.locator('.field-error')).toHaveCount(0);
});

test('every example runs without an error in the page', async ({page}) => {
  const errors = watchErrors(page);
  await open(page);
  const titles = await page.getByLabel('Start from an example').locator('option').allInnerTexts();
  for (const title of titles.slice(2)) await example(page, title); // the first is "Choose…", the second is shown already
  await expect(page.locator('.status')).toHaveCount(0);
  expect(errors).toEqual([]);
});

test('a real token trace is fetched when it is asked for, and not before', async ({page}) => {
  const fetched: string[] = [];
  page.on('request', (r) => {
    if (r.url().includes('/traces/')) fetched.push(r.url());
  });
  await open(page);
  expect(fetched).toEqual([]);
  await example(page, 'gpt-oss-20b decoding');
  expect(fetched).toHaveLength(1);
  await expect(page.locator('#trust').locator('..')).toContainText('recorded on gpt-oss-20b');
});

test('a Hugging Face config.json becomes the model', async ({page}) => {
  await open(page);
  const was = await digest(page);
  const config = {
    model_type: 'mixtral', hidden_size: 6144, intermediate_size: 16384, num_attention_heads: 48, num_key_value_heads: 8,
    num_hidden_layers: 56, num_local_experts: 8, num_experts_per_tok: 2, vocab_size: 32768,
  };
  await page.locator('input[type=file]').first().setInputFiles({name: 'config.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(config))});
  await changed(page, was);
  await expect(page.locator('.detail-title')).toContainText('mixtral');
});

test('the user’s own trace drives the run, and a bad one is refused with its line', async ({page}) => {
  await open(page);
  const first = await example(page, 'gpt-oss-20b decoding');
  const lines = ['request,phase,step,token,layer,e0,e1,e2,e3'];
  for (let step = 0; step < 8; step++) for (let layer = 0; layer < 24; layer++) lines.push(`0,decode,${step},,${layer},${[0, 1, 2, 3].map((k) => (step + layer + 7 * k) % 32).join(',')}`);
  const csv = lines.join('\n');
  const input = page.locator('input[type=file]').first();
  await input.setInputFiles({name: 'mine.csv', mimeType: 'text/csv', buffer: Buffer.from(csv)});
  await changed(page, first);
  await expect(page.locator('#trust').locator('..')).toContainText('mine.csv');
  await input.setInputFiles({name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from(csv.replace('0,decode,1,,3,', '0,decode,1,,3,x'))});
  await expect(page.locator('.notices')).toContainText('line 29');
});

test('undo and redo by the browser’s back and forward buttons', async ({page}) => {
  await open(page);
  const first = await digest(page);
  const second = await example(page, 'Switch-Large-128 encoder');
  expect(second).not.toBe(first);
  await expect.poll(() => page.url()).toContain('#v1.');
  await page.goBack();
  await expect.poll(() => page.locator('.digest code').innerText()).toBe(first);
  await page.goForward();
  await expect.poll(() => page.locator('.digest code').innerText()).toBe(second);
});

test('a machine without a device runs what it can, and claims nothing about the rest', async ({page}) => {
  await open(page);
  const was = await digest(page);
  await page.getByLabel('Machine', {exact: true}).selectOption('h100-box');
  await changed(page, was);
  await expect(page.locator('.detail-title')).toContainText('GPU+PM');
  await expect(page.locator('.verdict')).not.toContainText('MD+LB is');
  const link = page.url();
  await open(page, link);
  await expect(page.locator('.detail-title')).toContainText('h100-box');
});

test('exports hold what is shown', async ({page}) => {
  await open(page);
  await page.locator('details.menu summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Report (JSON)'}).click()]);
  const path = await download.path();
  const report = JSON.parse(readFileSync(path, 'utf8')) as {digest: string};
  expect(report.digest).toBe(await digest(page));
});

test('a long run shows progress and can be cancelled', async ({page}) => {
  await open(page);
  await unfold(page);
  await page.getByLabel('Model', {exact: true}).selectOption('qwen3-30b-a3b');
  await settled(page);
  await page.getByLabel('Phase').selectOption('decode');
  await page.getByLabel('Batch', {exact: true}).fill('64');
  await page.getByLabel('Output', {exact: true}).fill('4000');
  await expect(page.locator('.busy progress')).toBeVisible();
  await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
  await expect(page.locator('.busy progress')).toHaveCount(0);
  const output = page.getByLabel('Output', {exact: true});
  await output.fill('2');
  await settled(page);
});

test('a system of others comes with the larger simulator, has its bar, and is the same from its address', async ({page}) => {
  const errors = watchErrors(page);
  const fetched: string[] = [];
  page.on('request', (r) => fetched.push(new URL(r.url()).pathname));
  await open(page);
  await unfold(page);
  const was = await digest(page);
  expect(fetched).not.toContain('/monde-full.wasm');
  await page.getByLabel('In detail').selectOption('ProMoE');
  const own = await changed(page, was);
  expect(fetched).toContain('/monde-full.wasm');
  const bar = page.locator('button.bar', {hasText: 'ProMoE'});
  await expect(bar).toHaveAttribute('aria-pressed', 'true');
  await expect(bar.locator('.segment').first()).toBeVisible();
  await expect.poll(() => page.url()).toContain('ProMoE');
  await page.reload();
  await settled(page);
  expect(await digest(page)).toBe(own);
  await expect(page.locator('button.bar', {hasText: 'ProMoE'})).toHaveAttribute('aria-pressed', 'true');
  expect(errors).toEqual([]);
});

test('where the larger simulator cannot be loaded the page says so, keeps what it shows, and tries again', async ({page}) => {
  await page.route(/monde-full\.wasm/, (r) => r.abort());
  await open(page);
  await unfold(page);
  const was = await digest(page);
  await page.getByLabel('In detail').selectOption('ProMoE');
  await expect(page.locator('.status')).toContainText('The larger simulator could not be loaded. Check the connection.');
  expect(await page.locator('.digest code').innerText()).toBe(was);
  await page.unroute(/monde-full\.wasm/);
  await page.getByRole('button', {name: 'Retry'}).click();
  await changed(page, was);
  await expect(page.locator('.status')).toHaveCount(0);
});

test('a strategy that a query or a machine brings has its bar, and what is lacking is said', async ({page}) => {
  await open(page, '/?strategy=Klotski&phase=decoder');
  await expect(page.locator('button.bar', {hasText: 'Klotski'})).toContainText('8× the sequences');
  await open(page, '/?machine=h100-duplex&model=mixtral-8x7b');
  await expect(page.locator('button.bar', {hasText: 'Duplex'})).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('button.bar', {hasText: 'MD+LB'})).toContainText('Needs a memory device');
});

test('a changed strategy is marked, and is not MoNDE in the verdict', async ({page}) => {
  await open(page);
  await unfold(page);
  await page.getByText('Its axes').click();
  const was = await digest(page);
  await page.getByLabel('Experts live in').selectOption('gpu');
  await changed(page, was);
  await expect(page.locator('.detail-title')).toContainText('MD+LB, changed');
  await expect(page.locator('.verdict')).not.toContainText('MD+LB');
  await expect(page.getByLabel('Experts live in').locator('option', {hasText: 'NDP in its stacks'})).toBeDisabled();
});

test('a format of experts takes its own bits', async ({page}) => {
  await open(page);
  await unfold(page);
  const was = await digest(page);
  await page.getByLabel('Format of experts').selectOption('int4');
  const four = await changed(page, was);
  await expect(page.locator('.controls')).toContainText('4.125 bits a weight');
  await page.getByLabel('Format of experts').selectOption('');
  await changed(page, four);
  await expect(page.locator('.controls')).toContainText('16 bits a weight');
});

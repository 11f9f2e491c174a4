import {expect, test, type Page} from '@playwright/test';
import {digest, open, settled, unfold, watchErrors} from '../lib/page';

const panel = (page: Page) => page.locator('section.server');

test('a run on the server streams and gives the digest that WASM gives', async ({page}) => {
  const errors = watchErrors(page);
  const frames: {v: number; seq: number; kind: string}[] = [];
  const closes: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', (f) => frames.push(JSON.parse(String(f.payload)) as (typeof frames)[number]));
    socket.on('socketerror', (e) => closes.push(e));
  });
  await open(page);
  const want = await digest(page);
  await panel(page).getByRole('button', {name: 'Run on server'}).click();
  await expect(panel(page)).toContainText('The digest equals the one computed in this page');
  expect(want).toBe(await digest(page));
  expect(frames.at(-1)?.kind).toBe('end');
  expect(frames.some((f) => f.kind === 'report')).toBe(true);
  expect(frames.every((f) => f.v === 1)).toBe(true);
  const seqs = frames.map((f) => f.seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(closes).toEqual([]);
  expect(errors).toEqual([]);
});

/** Sets up a run that takes seconds, with nothing else compared. */
async function long(page: Page): Promise<void> {
  await open(page, '/?model=qwen3-30b-a3b&phase=decode&batch=64&output=2');
  await unfold(page);
  const others = page.locator('fieldset.compare input:checked:not(:disabled)');
  while ((await others.count()) > 0) await others.first().uncheck();
  await settled(page);
}

async function startLong(page: Page): Promise<void> {
  await page.getByLabel('Output', {exact: true}).fill('20000');
  await panel(page).getByRole('button', {name: 'Run on server'}).click();
  await expect(panel(page).locator('progress')).toBeVisible();
}

test('a run on the server shows progress and can be cancelled', async ({page}) => {
  await long(page);
  await startLong(page);
  await expect.poll(async () => Number(await panel(page).locator('progress').getAttribute('value'))).toBeGreaterThan(0);
  await panel(page).getByRole('button', {name: 'Cancel'}).click();
  await expect(panel(page).locator('.badge')).toHaveText('cancelled');
});

test('a second tab watches the same run, and sees its end', async ({page, context}) => {
  await long(page);
  await startLong(page);
  const id = await panel(page).locator('code').first().innerText();
  const second = await context.newPage();
  await second.goto(`/?run=${id}`);
  await expect(panel(second).locator('progress')).toBeVisible();
  await expect(panel(second)).toContainText('qwen3-30b-a3b on monde-a100');
  await panel(page).getByRole('button', {name: 'Cancel'}).click();
  await expect(panel(second).locator('.badge')).toHaveText('cancelled');
});

test('a tab that comes late gets the whole report', async ({page, context}) => {
  await open(page);
  await panel(page).getByRole('button', {name: 'Run on server'}).click();
  await expect(panel(page)).toContainText('The digest equals');
  const id = await panel(page).locator('code').first().innerText();
  const second = await context.newPage();
  await second.goto(`/?run=${id}`);
  await expect(second.locator('.digest code')).toHaveText(await digest(page));
});

test('a run that does not exist is said to be unknown', async ({page}) => {
  await page.goto('/?run=nosuchrun');
  await expect(page.locator('main')).toContainText('there is no such run');
});

test('without a server the page still simulates, and says what is missing', async ({page}) => {
  await page.route('**/readyz', (r) => r.abort());
  await page.route('**/api/**', (r) => r.abort());
  await open(page);
  await digest(page);
  await expect(panel(page)).toContainText('No server here');
  await expect(panel(page).getByRole('button', {name: 'Run on server'})).toBeDisabled();
});

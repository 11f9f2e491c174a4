import {readFileSync} from 'node:fs';
import {expect, test, type Page} from '@playwright/test';
import {looked, open, openDevice, seen, settled, unfold, watchErrors} from '../lib/page';

const commands = (page: Page) => page.getByRole('application', {name: /^Commands of/});
const overview = (page: Page) => page.getByRole('slider', {name: 'Window of the commands within the run'});
const readout = (page: Page) => page.locator('.commands-readout');

test('the microscope’s script is fetched when it is opened, and nothing is looked at before', async ({page}) => {
  const scripts: string[] = [];
  page.on('request', (r) => {
    if (/Microscope/.test(r.url())) scripts.push(r.url());
  });
  await open(page);
  await page.waitForLoadState('networkidle');
  expect(scripts).toEqual([]);
  await page.getByRole('link', {name: 'The device under a microscope'}).click();
  await looked(page);
  expect(scripts.length).toBeGreaterThan(0);
});

test('the keyboard opens the microscope, and the browser’s back button closes it', async ({page}) => {
  const errors = watchErrors(page);
  await open(page);
  const link = page.getByRole('link', {name: 'The device under a microscope'});
  await link.focus();
  await page.keyboard.press('Enter');
  await looked(page);
  await expect(link).toHaveAttribute('aria-current', 'page');
  await expect.poll(() => page.url()).toContain('view=device');
  await page.goBack();
  await expect(page.locator('.detail-title')).toBeVisible(); // the microscope goes only once the address was read
  await settled(page);
  expect(errors).toEqual([]);
});

test('a control changes what is seen, and what limits it', async ({page}) => {
  const errors = watchErrors(page);
  await openDevice(page);
  const before = await seen(page, 'Effective bandwidth');
  await page.getByLabel('Channels', {exact: true}).fill('16');
  await expect.poll(() => seen(page, 'Effective bandwidth')).not.toBe(before);
  await looked(page);
  await expect(page.locator('main .verdict')).toContainText('data bus is full');
  await page.getByLabel('Layout of weights').selectOption({index: 1});
  await looked(page);
  await expect(page.locator('.use-legend')).toContainText('Bank group');
  await page.getByLabel('Tokens', {exact: true}).fill('8');
  await expect(page.locator('main .verdict')).toContainText('One expert with 8 tokens');
  expect(errors).toEqual([]);
});

test('a link opens the same picture in a fresh context', async ({page, browser}) => {
  await openDevice(page);
  await page.getByLabel('Tokens', {exact: true}).fill('8');
  await page.getByLabel(/PMove alongside/).check();
  await page.getByLabel('Refresh').selectOption('all-bank');
  await looked(page);
  await commands(page).focus();
  for (const key of ['End', 'w', 'w', 'a']) await page.keyboard.press(key);
  await expect.poll(() => page.url()).toMatch(/view=device&tokens=8&from=\d+&clocks=\d+&pmove=1$/);
  const want = [await page.locator('main .verdict').innerText(), await page.locator('.overview + .readout').innerText()];
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await openDevice(fresh, page.url());
  expect([await fresh.locator('main .verdict').innerText(), await fresh.locator('.overview + .readout').innerText()]).toEqual(want);
  await expect(fresh.getByLabel('Refresh')).toHaveValue('all-bank');
  await expect(fresh.getByLabel(/PMove alongside/)).toBeChecked();
  await other.close();
});

test('an old link opens the strategies, and the scenario is the same in both views', async ({page}) => {
  await open(page, '/?model=mixtral-8x7b&machine=h100-monde&batch=2');
  await page.getByRole('link', {name: 'The device under a microscope'}).click();
  await looked(page);
  await expect(page.getByLabel('Model', {exact: true})).toHaveValue('mixtral-8x7b');
  await page.getByLabel('NDP arrays', {exact: true}).fill('128');
  await looked(page);
  await page.getByRole('link', {name: 'Strategies compared'}).click();
  await settled(page);
  await expect(page.getByLabel('NDP arrays', {exact: true})).toHaveValue('128');
  await expect(page.locator('.detail-title')).toContainText('mixtral-8x7b on h100-monde');
});

test('the keyboard moves, zooms and reads the picture of commands', async ({page}) => {
  await openDevice(page);
  await commands(page).focus();
  const label = async () => (await commands(page).getAttribute('aria-label')) ?? '';
  const whole = await label();
  await page.keyboard.press('w');
  await expect.poll(label).not.toBe(whole);
  await page.keyboard.press('ArrowRight');
  await expect(readout(page)).toContainText(/^Clock [\d,]+ \(.+\): [A-Z]+.*, bank group \d, bank \d: /);
  const first = await readout(page).innerText();
  await page.keyboard.press('ArrowRight');
  await expect(readout(page)).not.toHaveText(first);
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
  await expect(readout(page)).toContainText('the arrays compute');
  await page.keyboard.press('ArrowUp');
  await expect(readout(page)).toContainText('data of RD');
  await page.keyboard.press('Enter');
  await expect.poll(label).toMatch(/clocks [\d,]+ to [\d,]+ of/);
  await page.keyboard.press('End');
  await expect.poll(label).toMatch(/to ([\d,]+) of \1,/);
  await looked(page);
  await page.keyboard.press('Home');
  await expect.poll(label).toMatch(/clocks 0 to/);
});

test('what the keyboard reads stays read when the picture moves on', async ({page}) => {
  await openDevice(page, '/?view=device&clocks=60&from=1000');
  await commands(page).focus();
  await page.keyboard.press('ArrowRight');
  const clock = async () => Number((await readout(page).innerText()).match(/^Clock ([\d,]+)/)?.[1]?.replaceAll(',', ''));
  let last = await clock();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(clock).toBeGreaterThan(last);
    last = await clock();
  }
  expect(last).toBeGreaterThan(1300);
});

test('the window moves over the whole run by keyboard and by hand', async ({page}) => {
  await openDevice(page);
  const at = () => overview(page).getAttribute('aria-valuenow').then(Number);
  await overview(page).focus();
  await page.keyboard.press('PageUp');
  await expect.poll(at).toBeGreaterThan(10_000);
  await page.keyboard.press('Home');
  await expect.poll(at).toBe(0);
  await overview(page).scrollIntoViewIfNeeded();
  const box = await overview(page).boundingBox();
  if (!box) throw new Error('no box');
  await page.mouse.click(box.x + box.width * 0.7, box.y + box.height / 2);
  await expect.poll(at).toBeGreaterThan(80_000);
  await looked(page);
  await expect(commands(page)).toHaveAttribute('aria-label', /clocks \d\d?\d?,\d+ to/);
});

test('the pointer reads commands, drags and zooms', async ({page}) => {
  await openDevice(page);
  await commands(page).scrollIntoViewIfNeeded();
  const box = await commands(page).boundingBox();
  if (!box) throw new Error('no box');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 45);
  await expect(readout(page)).toContainText('data of RD');
  const label = () => commands(page).getAttribute('aria-label');
  const before = await label();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 200, box.y + box.height - 45, {steps: 4});
  await page.mouse.up();
  await expect.poll(label).not.toBe(before);
  const dragged = await label();
  await commands(page).focus();
  await page.mouse.wheel(0, -300);
  await expect.poll(label).not.toBe(dragged);
});

test('tables say what the pictures show, page by page', async ({page}) => {
  await openDevice(page);
  for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
  const table = page.getByRole('region', {name: 'Commands of one channel', exact: true});
  await expect(table.locator('tbody tr')).toHaveCount(50);
  await expect(table.locator('tbody tr').first()).toContainText('ACT1');
  await expect(page.locator('.pager')).toContainText(/1 to 50 of \d+\scommands/);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Save as CSV'}).click()]);
  expect(readFileSync(await file.path(), 'utf8').split('\n').slice(0, 2)).toEqual(['clock,command,bank,row,burst', expect.stringContaining('ACT1')]);
  await page.getByRole('button', {name: 'Next page'}).click();
  await expect(page.locator('.pager')).toContainText('51 to 100');
  await expect(page.getByRole('region', {name: 'Time of the data bus'})).toContainText('Nothing asked for');
  expect(await page.getByRole('region', {name: 'Use of the data bus over the run'}).locator('tbody tr').count()).toBeGreaterThan(100);
});

test('more tokens are run one after another, and the run can be stopped', async ({page}) => {
  await openDevice(page);
  await page.getByRole('button', {name: /^Run 7 experts/}).click();
  const rows = page.getByRole('region', {name: 'Time per expert'}).locator('tbody tr');
  await expect(rows).toHaveCount(7);
  await expect(rows.nth(3)).toContainText('262');
  await page.getByRole('button', {name: 'Run again'}).click();
  await page.getByRole('button', {name: 'Stop'}).click();
  await expect(page.getByRole('button', {name: 'Stop'})).toHaveCount(0);
  expect(await rows.count()).toBeLessThan(7);
});

test('a machine without a device says so, and offers one that has it', async ({page}) => {
  const errors = watchErrors(page);
  await page.goto('/?view=device&machine=h100-box');
  await expect(page.locator('main')).toContainText('This machine has no memory device');
  await page.getByRole('button', {name: /^Take H100/}).click();
  await looked(page);
  await expect(page.getByLabel('Machine', {exact: true})).toHaveValue('h100-monde');
  expect(errors).toEqual([]);
});

test('a value that the engine refuses is marked by its field, and the last picture stays', async ({page}) => {
  await openDevice(page);
  const tokens = page.getByLabel('Tokens', {exact: true});
  await tokens.fill('0');
  await expect(page.locator('.field-error')).toContainText('must be 1 to 512');
  await expect(tokens).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('main .verdict')).toContainText('of the previous values');
  await page.getByLabel('Weight buffer', {exact: true}).fill('1');
  await expect(page.locator('.field-error').last()).toContainText('must be');
  await tokens.fill('4');
  await page.getByLabel('Weight buffer', {exact: true}).fill('112');
  await looked(page);
  await expect(page.locator('.field-error')).toHaveCount(0);
});

test('a look that takes long can be cancelled, and taken up again', async ({page}) => {
  await openDevice(page);
  const tokens = page.getByLabel('Tokens', {exact: true});
  await tokens.fill('512');
  await expect(page.locator('.busy progress')).toBeVisible();
  await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
  await expect(page.locator('main .status')).toContainText('Cancelled');
  await expect(page.locator('.busy')).toHaveCount(0);
  await tokens.fill('4');
  await looked(page);
});

test('a link to a long look asks before it starts', async ({page}) => {
  await page.goto('/?view=device&tokens=512&machine.device.dram.channels=1');
  await expect(page.getByRole('button', {name: 'Look', exact: true})).toBeVisible();
  await page.waitForTimeout(500);
  await expect(page.locator('.busy')).toHaveCount(0);
});

test('a script that cannot be fetched is said, and can be tried again', async ({page}) => {
  await open(page);
  await page.route('**/Microscope-*.js', (r) => r.abort());
  await page.getByRole('link', {name: 'The device under a microscope'}).click();
  await expect(page.locator('main')).toContainText('could not be loaded');
  await page.getByRole('link', {name: 'Strategies compared'}).click();
  await settled(page);
  await page.getByRole('link', {name: 'The device under a microscope'}).click();
  await expect(page.locator('main')).toContainText('could not be loaded');
  await page.unroute('**/Microscope-*.js');
  await page.getByRole('button', {name: 'Try again'}).click();
  await looked(page);
});

test('at fidelity cycle the page says how far the others are off, and a long run can be cancelled', async ({page}) => {
  const errors = watchErrors(page);
  await open(page, '/?workload.scope=moe_layer&input=64');
  await unfold(page);
  await page.getByLabel('Fidelity').selectOption('cycle');
  await expect(page.getByRole('region', {name: 'Latency at each fidelity'}).locator('tbody tr')).toHaveCount(3);
  await expect(page.getByRole('region', {name: 'One expert on the device'}).locator('tbody tr')).toHaveCount(7);
  await settled(page);
  await page.getByLabel('Scope').selectOption('model');
  await page.getByLabel('Input', {exact: true}).fill('2048');
  await expect(page.locator('.busy')).toContainText('clock by clock');
  await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
  await expect(page.locator('.busy progress')).toHaveCount(0);
  await expect(page.locator('main .status')).toContainText('Cancelled');
  await page.getByRole('button', {name: 'Only one MoE block'}).click();
  await expect(page.getByLabel('Scope')).toHaveValue('moe_layer');
  expect(errors).toEqual([]);
});

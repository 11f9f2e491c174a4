import {expect, test} from '@playwright/test';
import {digest, example, open, settled, watchErrors} from '../lib/page';

test('a shared link gives the same digest in a fresh context', async ({page, browser}) => {
  await open(page);
  const want = await example(page, 'Qwen3-30B-A3B');
  await expect.poll(() => page.url()).toContain('#v1.');
  const link = page.url();
  const other = await browser.newContext();
  const fresh = await other.newPage();
  await open(fresh, link);
  expect(await digest(fresh)).toBe(want);
  await other.close();
});

test('readable parameters name a scenario', async ({page}) => {
  await open(page, '/?model=mixtral-8x7b&machine=h100-monde&batch=2&strategy=MD%2BLB');
  await expect(page.locator('.detail-title')).toContainText('mixtral-8x7b on h100-monde');
});

const hostile: Record<string, string> = {
  'cut short': '/#v1.q1YqSy0',
  'no base64': '/#v1.%%%%',
  'an unknown version': '/#v9.abcd',
  'markup': '/#<img src=x onerror=alert(1)>',
  'a bad scenario': '/?workload.batch=-5',
  'an unknown field': '/?machine.gpu.colour=red',
  'a hundred thousand characters': `/#v1.${'A'.repeat(100_000)}`,
};

for (const [name, path] of Object.entries(hostile)) {
  test(`a link that is ${name} gives a message and defaults`, async ({page}) => {
    const errors = watchErrors(page);
    const dialogs: string[] = [];
    page.on('dialog', (d) => {
      dialogs.push(d.message());
      void d.dismiss();
    });
    await open(page, path);
    await expect(page.locator('.notice').first()).toBeVisible();
    await expect(page.locator('.detail-title')).toContainText('nllb-moe-54b');
    await page.getByRole('button', {name: 'Dismiss this message'}).first().click();
    await expect(page.locator('.notice')).toHaveCount(0);
    expect(dialogs).toEqual([]);
    expect(errors).toEqual([]);
  });
}

test('every cut of a good link is survived', async ({page}) => {
  await open(page);
  await example(page, 'Mixtral-8x7B prefill');
  await expect.poll(() => page.url()).toContain('#v1.');
  const link = new URL(page.url()).hash;
  for (let n = 4; n < link.length; n += 9) {
    await page.goto('about:blank');
    await open(page, `/${link.slice(0, n)}`);
    await expect(page.locator('.notice').first()).toBeVisible();
  }
  await settled(page);
});

test('what trackers append to a link is ignored', async ({page}) => {
  await open(page, '/?utm_source=mail&model=mixtral-8x7b');
  await expect(page.locator('.detail-title')).toContainText('mixtral-8x7b');
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('the measured machine is reached by its name alone', async ({page}) => {
  await open(page, '/?machine=h100-box');
  await expect(page.locator('.detail-title')).toContainText('h100-box');
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('a link to a heavy run asks before it starts', async ({page}) => {
  await page.goto('/?model=deepseek-v2-lite&phase=generate&batch=512&input=1024&output=16384&routing=dirichlet');
  await expect(page.getByRole('button', {name: /^Run/}).first()).toBeVisible();
  await page.waitForTimeout(1000);
  await expect(page.locator('.busy progress')).toHaveCount(0);
});

test('a link never starts a run on the server', async ({page}) => {
  const posts: string[] = [];
  page.on('request', (r) => {
    if (r.method() === 'POST') posts.push(r.url());
  });
  await open(page, '/?model=qwen3-30b-a3b&phase=decode&output=4');
  expect(posts).toEqual([]);
});

import AxeBuilder from '@axe-core/playwright';
import {expect, test, type Page} from '@playwright/test';
import {example, looked, open, openDevice, settled, unfold} from '../lib/page';

async function clean(page: Page): Promise<void> {
  const {violations} = await new AxeBuilder({page}).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}

/** Scenarios whose pages differ from the opening one. */
const states: Record<string, string> = {
  'a machine without a device': '/?machine=h100-box',
  'both phases': '/?model=qwen3-30b-a3b&phase=generate&output=4',
  'a token trace': '/?model=gpt-oss-20b&phase=decode&output=4&routing=trace',
  'one layer': '/?model=mixtral-8x7b&batch=1&input=4&routing=uniform&workload.scope=moe_layer',
};

for (const scheme of ['light', 'dark'] as const) {
  test.describe(`in ${scheme}`, () => {
    test.use({colorScheme: scheme});

    test('the opening page', async ({page}) => {
      await open(page);
      await clean(page);
    });

    test('tables instead of pictures, everything unfolded', async ({page}) => {
      await open(page);
      await unfold(page);
      for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
      await page.locator('details:not(.menu)').evaluateAll((all) => all.forEach((d) => ((d as HTMLDetailsElement).open = true)));
      await clean(page);
    });

    test('a value out of range', async ({page}) => {
      await open(page);
      await page.getByLabel('Batch', {exact: true}).fill('-1');
      await expect(page.locator('.field-error')).toBeVisible();
      await clean(page);
    });

    test('a bad link', async ({page}) => {
      await open(page, '/#v1.broken');
      await clean(page);
    });

    test('help', async ({page}) => {
      await open(page);
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await clean(page);
    });

    test('a run on the server, and a tab that watches it', async ({page, context}) => {
      await open(page);
      await page.getByRole('button', {name: 'Run on server'}).click();
      await expect(page.locator('section.server')).toContainText('The digest equals');
      await clean(page);
      const id = await page.locator('section.server code').first().innerText();
      const second = await context.newPage();
      await second.goto(`/?run=${id}`);
      await expect(second.locator('.digest code')).toBeVisible();
      await clean(second);
    });

    for (const [name, query] of Object.entries(states)) {
      test(name, async ({page}) => {
        await open(page, query);
        await unfold(page);
        await clean(page);
      });
    }

    test('the export menu', async ({page}) => {
      await open(page);
      await page.locator('details.menu summary').click();
      await clean(page);
    });

    test('a long run, and when it is cancelled', async ({page}) => {
      await open(page, '/?model=qwen3-30b-a3b&phase=decode&batch=64&output=2');
      await page.getByLabel('Output', {exact: true}).fill('4000');
      await expect(page.locator('.busy progress')).toBeVisible();
      await clean(page);
      await page.locator('.busy').getByRole('button', {name: 'Cancel'}).click();
      await expect(page.locator('.busy progress')).toHaveCount(0);
      await clean(page);
    });

    for (const [size, width, height] of [['a desktop', 1280, 800], ['a phone', 390, 844]] as const) {
      test(`the microscope on ${size}: pictures, tables and refused values`, async ({page}) => {
        await page.setViewportSize({width, height});
        await openDevice(page);
        await unfold(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await clean(page);
        for (const button of await page.getByRole('button', {name: /instead of picture/}).all()) await button.click();
        await page.getByRole('button', {name: /^Run 7 experts/}).click();
        await expect(page.getByRole('region', {name: 'Time per expert'}).locator('tbody tr')).toHaveCount(7);
        await clean(page);
        await page.getByLabel('Tokens', {exact: true}).fill('0');
        await expect(page.locator('.field-error')).toBeVisible();
        await clean(page);
      });
    }

    test('the microscope without a device, and while it looks', async ({page}) => {
      await page.goto('/?view=device&machine=h100-box');
      await expect(page.locator('main')).toContainText('no memory device');
      await clean(page);
      await page.getByRole('button', {name: /^Take H100/}).click();
      await looked(page);
      await page.getByLabel('Tokens', {exact: true}).fill('512');
      await expect(page.locator('.busy progress')).toBeVisible();
      await clean(page);
    });

    test('the comparison with measurements, and one that does not come', async ({page}) => {
      await page.goto('/?view=trust');
      await expect(page.locator('.scatter')).toBeVisible();
      await clean(page);
      await page.route('**/validation.json*', (r) => r.abort());
      await page.reload();
      await expect(page.getByRole('button', {name: 'Try again'})).toBeVisible();
      await clean(page);
    });

    test('what a run clock by clock adds', async ({page}) => {
      await open(page, '/?workload.scope=moe_layer&input=16');
      await unfold(page);
      await page.getByLabel('Fidelity').selectOption('cycle');
      await expect(page.locator('.fidelities')).toBeVisible();
      await settled(page);
      await clean(page);
    });

    test('the opening page on a phone', async ({page}) => {
      await page.setViewportSize({width: 390, height: 844});
      await open(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(390);
      await clean(page);
    });
  });
}

test('the timeline and the heat map answer to the keyboard', async ({page}) => {
  await open(page);
  const pictures = page.locator('.canvas-box');
  await expect(pictures).toHaveCount(2);
  for (const picture of await pictures.all()) {
    await expect(picture).toHaveAttribute('aria-label', /.+/);
    await expect(picture).toHaveAttribute('tabindex', '0');
  }
  const timeline = pictures.first();
  await timeline.focus();
  const before = await timeline.screenshot();
  for (let i = 0; i < 6; i++) await page.keyboard.press('w');
  await expect.poll(async () => (await timeline.screenshot()).equals(before)).toBe(false);
});

test('screenshots of the page at each size and scheme', async ({page}, info) => {
  for (const [name, width, height] of [['phone', 390, 844], ['desktop', 1280, 900], ['wide', 1920, 1080]] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      await page.setViewportSize({width, height});
      await page.emulateMedia({colorScheme: scheme});
      await open(page);
      await settled(page);
      const shot = await page.screenshot({path: info.outputPath(`${name}-${scheme}.png`), fullPage: true});
      expect(shot.byteLength).toBeGreaterThan(20_000);
    }
  }
  await example(page, 'gpt-oss-20b decoding');
});

test('screenshots of the microscope at each size and scheme', async ({page}, info) => {
  for (const [name, width, height] of [['phone', 390, 844], ['desktop', 1280, 800]] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      await page.setViewportSize({width, height});
      await page.emulateMedia({colorScheme: scheme});
      await openDevice(page);
      const shot = await page.screenshot({path: info.outputPath(`microscope-${name}-${scheme}.png`), fullPage: true});
      expect(shot.byteLength).toBeGreaterThan(20_000);
    }
  }
});

import {expect, type Page} from '@playwright/test';

/** What goes wrong in the page: a test fails on any of it. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  page.on('console', (m) => {
    if (m.type() === 'error') errors.push(m.text());
  });
  return errors;
}

/** Opens the playground and waits until its first results are painted. */
export async function open(page: Page, path = '/'): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Waits until no run is under way and every compared result is shown. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName('interactive').length > 0);
  await expect(page.locator('.busy progress')).toHaveCount(0);
  await expect(page.locator('.detail')).toBeVisible();
  await expect(page.locator('.detail.stale')).toHaveCount(0);
}

/** Opens the microscope, and waits until it has looked. */
export async function openDevice(page: Page, path = '/?view=device'): Promise<void> {
  await page.goto(path);
  await looked(page);
}

/** Waits until what the microscope shows is of the values that are set. */
export async function looked(page: Page): Promise<void> {
  await expect(page.locator('main .verdict')).toContainText('One expert with');
  await expect(page.locator('main .detail.stale')).toHaveCount(0);
  await expect(page.locator('.busy progress')).toHaveCount(0);
}

/** A number of the microscope, by its title. */
export const seen = (page: Page, title: string) => page.locator('.card-small', {hasText: title}).locator('.big').innerText();

/** The digest of the result shown in detail. */
export async function digest(page: Page): Promise<string> {
  const text = await page.locator('.digest code').innerText();
  expect(text).toMatch(/^[0-9a-f]{64}$/);
  return text;
}

/** The latency of the result shown in detail, as the page writes it. */
export const latency = (page: Page) => page.locator('.cards .card-small').first().locator('.big').innerText();

/** Waits until the digest is another one than before. */
export async function changed(page: Page, before: string): Promise<string> {
  await expect.poll(() => page.locator('.digest code').innerText()).not.toBe(before);
  await settled(page);
  return digest(page);
}

/** Opens every group of controls; on a phone some are closed at first. */
export async function unfold(page: Page): Promise<void> {
  await page.locator('details.group').evaluateAll((all) => all.forEach((d) => ((d as HTMLDetailsElement).open = true)));
}

/** Picks an example scenario by its title. */
export async function example(page: Page, title: string | RegExp): Promise<string> {
  const before = await digest(page);
  const field = page.getByLabel('Start from an example');
  const value = await field.locator('option', {hasText: title}).getAttribute('value');
  await field.selectOption(value);
  return changed(page, before);
}

/**
 * `npm run pictures`: takes the pictures of the README from the demo, into `docs/images`. Nothing
 * is painted: each shows what an operator sees who does the same.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  launchBrowser,
  MOUSE,
  openPage,
  signInAs,
  type PageOptions,
} from '../browser';
import { apiAs, type PersonName } from '../people';
import { startStack, type Stack } from '../stack';
import { settle } from '../walk/visit';

const FOLDER = resolve(__dirname, '../../../../docs/images');
const MAX_BYTES = 250_000;
/** What is left of the page around a dialog. */
const MARGIN = 24;

const JOB = 'weekly-license-renewal-reminder';
/** Whose imports are more than its limit lets through. */
const BUSY = 'nordic-gym';
const ZONE = 'Europe/Stockholm';

describe('pictures of the README', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser([`--blink-settings=${MOUSE}`]);
    mkdirSync(FOLDER, { recursive: true });
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  const inStockholm = {
    timezoneId: ZONE,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  } as const;

  async function open(
    person: PersonName,
    path: string,
    options: PageOptions = {},
  ): Promise<Page> {
    const page = await openPage(browser, { ...options, context: inStockholm });
    await signInAs(page, stack.url, person, path);
    return page;
  }

  /**
   * Takes a picture of all that the window shows, or of what is named and a margin; answers its
   * bytes.
   */
  async function picture(page: Page, name: string, ...of: Locator[]) {
    await settle(page);
    const path = join(FOLDER, `${name}.png`);
    await page.screenshot({ path, clip: await around(page, of) });
    await page.context().close();
    return statSync(path).size;
  }

  const dialogOf = (page: Page) =>
    page
      .getByRole('dialog')
      .filter({ has: page.getByRole('textbox', { name: /reason/i }) });

  it('inventory: every job, with what became of its last run', async () => {
    const page = await open('oskar.operator', '/operations/jobs');
    // the buttons of the row that the pointer is in
    const row = page.getByRole('row').filter({ hasText: JOB });
    const { width } = (await row.boundingBox())!;
    await row.hover({ position: { x: width - 10, y: 20 } });
    const bytes = await picture(page, 'inventory');
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('who-may: a button that is off says why, and whom to ask', async () => {
    const page = await open('vera.viewer', `/operations/jobs/bullmq/${JOB}`);
    const button = page
      // an open dialog hides it from screen readers
      .getByRole('button', { name: `Retry ${JOB}`, includeHidden: true })
      .first();
    // it says that it is off
    await button.click({ force: true });
    const popover = page.getByRole('dialog');
    await popover.getByText('Who may').waitFor();
    const bytes = await picture(
      page,
      'who-may',
      button,
      popover,
      page.locator('h2').first(),
    );
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('recovered: a failed run after it was retried', async () => {
    const oskar = await apiAs(stack.url, 'oskar.operator');
    const { items } = await oskar.client.call('GET /jobs', {
      query: { search: JOB },
    });
    const page = await open(
      'oskar.operator',
      `/operations/jobs/bullmq/${JOB}?run=${items[0].lastRun!.id}`,
      { theme: 'dark' },
    );
    const run = page.getByRole('dialog').or(page.getByRole('complementary'));
    await run.getByRole('button', { name: `Retry ${JOB}` }).click();
    const dialog = dialogOf(page);
    await dialog
      .getByRole('textbox', { name: /reason/i })
      .fill('The mail provider is back: no reminder is sent twice');
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(/^Recovered by/).waitFor();
    // what says that it is done goes by itself
    await page
      .getByRole('button', { name: 'Dismiss', includeHidden: true })
      .waitFor({ state: 'hidden' });
    const bytes = await picture(page, 'recovered');
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('limit: what an override would have let through', async () => {
    const page = await open(
      'oskar.operator',
      `/operations/rate-limits?override=${BUSY}`,
    );
    await page.getByText(/of those refused would have passed/).waitFor();
    await dialogOf(page)
      .getByRole('textbox', { name: /reason/i })
      .fill('Imports of their move wait behind the limit');
    const bytes = await picture(page, 'limit', dialogOf(page));
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('purge: what it removes, and what that costs', async () => {
    const page = await open('ada.admin', '/operations/caches');
    await page.getByRole('button', { name: /^Purge Tenant API/ }).click();
    await page
      .getByRole('textbox', { name: 'Pattern' })
      .fill(`cache:${BUSY}:product:*`);
    await page.getByRole('button', { name: 'Preview' }).click();
    const shown = page.getByRole('region', { name: 'Preview' });
    await shown.getByRole('button', { name: /^Purge/ }).click();
    await dialogOf(page)
      .getByRole('textbox', { name: /reason/i })
      .fill('Prices were wrong after the import');
    const bytes = await picture(page, 'purge', dialogOf(page));
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('banner: what the customers of a tenant see', async () => {
    const ada = await apiAs(stack.url, 'ada.admin');
    const begin = (minutes: number) =>
      new Date(Date.now() + minutes * 60_000).toISOString();
    await ada.client.call('POST /maintenance', {
      body: {
        scope: { kind: 'tenant', tenant: 'alpine-spa' },
        mode: 'read-only',
        endsAt: begin(90),
        timezone: ZONE,
        messages: { en: 'We move to larger rooms. Your bookings are kept.' },
        reason: 'Their database moves to another host',
      },
      idempotencyKey: randomUUID(),
    });
    const page = await openPage(browser, {
      viewport: { width: 960, height: 310 },
      context: inStockholm,
    });
    await page.goto(`${stack.tenantsUrl}/t/alpine-spa`);
    await page
      .locator('maintenance-banner')
      .getByText('Read-only for maintenance')
      .waitFor();
    const bytes = await picture(page, 'banner');
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });
});

/** A rectangle with all of the elements; all of the window where there are none. */
async function around(page: Page, elements: Locator[]) {
  const { width, height } = page.viewportSize()!;
  const boxes = await Promise.all(elements.map(one => one.boundingBox()));
  const edges = boxes.flatMap(box => box ?? []);
  if (edges.length === 0) return undefined;
  const x = Math.max(0, Math.min(...edges.map(box => box.x)) - MARGIN);
  const y = Math.max(0, Math.min(...edges.map(box => box.y)) - MARGIN);
  const right = Math.max(...edges.map(box => box.x + box.width)) + MARGIN;
  const bottom = Math.max(...edges.map(box => box.y + box.height)) + MARGIN;
  return {
    ...{ x, y },
    width: Math.min(width, right) - x,
    height: Math.min(height, bottom) - y,
  };
}

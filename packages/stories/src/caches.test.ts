/** Purging a cache as its operator does it, against a whole stack. */
import { Redis } from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REASON = 'prices were wrong after the import';

describe('caches', () => {
  let stack: Stack;
  let browser: Browser;
  let redis: Redis;
  let page: Page;
  let ada: PersonApi;

  beforeAll(async () => {
    stack = await startStack({
      config: {
        operations: {
          caches: {
            targets: [
              {
                name: 'shop',
                title: 'Shop cache',
                description: 'What the story purges',
                allowedPrefixes: ['shop:', 'cache:'],
                protectedPrefixes: [
                  { prefix: 'shop:session:', why: 'signed-in customers' },
                ],
                cooldownSeconds: 0,
                // a machine busy with other stories is not to slow the preview down
                maxAddedLatencyMs: 10_000,
              },
            ],
          },
        },
      },
    });
    redis = new Redis(stack.redisUrl);
    browser = await launchBrowser();
    ada = await apiAs(stack.url, 'ada.admin');
    page = await openPage(browser);
    await signInAs(page, stack.url, 'ada.admin', '/operations/caches');
  });

  afterAll(async () => {
    redis?.disconnect();
    await browser?.close();
    await stack?.stop();
  });

  async function fill(prefix: string, n: number) {
    for (let from = 0; from < n; from += 1_000) {
      const to = Math.min(n, from + 1_000);
      const pairs = Array.from({ length: to - from }, (_, i) => [
        `${prefix}${from + i}`,
        'x',
      ]);
      await redis.mset(pairs.flat());
    }
  }

  async function openForm() {
    await page.goto(`${stack.url}/operations/caches`);
    await page.getByRole('button', { name: 'Purge Shop cache' }).click();
  }

  async function preview(sentence: RegExp) {
    await page.getByRole('button', { name: 'Preview' }).click();
    const shown = page.getByRole('region', { name: 'Preview' });
    await shown.getByRole('status').filter({ hasText: sentence }).waitFor();
    return shown;
  }

  const dialog = () =>
    page
      .getByRole('dialog')
      .filter({ has: page.getByRole('textbox', { name: /reason/i }) });

  async function confirm(verb: string) {
    await dialog()
      .getByRole('textbox', { name: /reason/i })
      .fill(REASON);
    await dialog().getByRole('button', { name: verb, exact: true }).click();
    await dialog().waitFor({ state: 'hidden' });
  }

  const progress = () =>
    page.getByRole('region', { name: 'Purge of Shop cache' });

  it('[caches.1] by pattern, hard: preview, live progress, stop, and the audit row says what came of it', async () => {
    await fill('shop:product:', 20_000);
    await fill('shop:session:', 10);
    await openForm();
    const pattern = page.getByRole('textbox', { name: 'Pattern' });
    await pattern.fill('shop:*');
    await page.getByText(/Skips protected keys: shop:session:/).waitFor();
    await pattern.fill('shop:product:*');
    // counted, or estimated where the machine is too slow to count so many in the time of a preview
    const shown = await preview(/^(20,000|About \d\d,\d{3}) keys/);
    await shown.getByRole('table').waitFor();
    await screenshot(page, 'caches-preview');

    await shown.getByRole('button', { name: /^Purge/ }).click();
    await dialog()
      .getByRole('spinbutton', { name: 'Keys per second' })
      .fill('500');
    await screenshot(page, 'caches-dialog');
    await confirm('Purge');

    await progress()
      .getByText(/^Scanned .* % of .* keys/)
      .waitFor();
    await progress().getByRole('progressbar').waitFor();
    await screenshot(page, 'caches-progress');
    const { items } = await until(
      'some keys removed',
      () => ada.client.call('GET /cache-purges'),
      answer => answer.items[0].removed > 0,
    );
    await progress().getByRole('button', { name: /^Stop/ }).click();
    await confirm('Stop purge');
    await progress()
      .getByText(/^Stopped · /)
      .waitFor();

    const purge = await ada.client.call('GET /cache-purges/:id', {
      params: { id: items[0].id },
    });
    expect(purge.status).toBe('cancelled');
    expect(purge.removed).toBeLessThan(20_000);
    const left = await redis.keys('shop:product:*');
    expect(left).toHaveLength(20_000 - purge.removed);
    const entry = (
      await ada.client.call('GET /audit', {
        query: { action: ['cache.purge'] },
      })
    ).items.find(row => row.id === purge.auditId);
    expect(entry).toMatchObject({
      outcome: 'succeeded',
      reason: REASON,
      after: { status: 'cancelled', removed: purge.removed },
    });
    expect(await redis.keys('shop:session:*')).toHaveLength(10);
  });

  it('[caches.1] by exact keys, soft: they expire over the window, and nothing else does', async () => {
    await fill('shop:member:', 3);
    await openForm();
    await page.getByRole('button', { name: 'Exact keys' }).click();
    await page
      .getByRole('textbox', { name: /one per line/ })
      .fill('shop:member:0\nshop:member:1\nshop:nobody');
    const shown = await preview(/2 keys/);
    await shown.getByText(/1 of the keys entered does not exist/).waitFor();
    await shown.getByRole('button', { name: /^Purge/ }).click();
    await dialog().getByRole('radio', { name: /^Soft/ }).check();
    await dialog()
      .getByRole('spinbutton', { name: /Expire over/ })
      .fill('3600');
    await confirm('Purge');
    await progress()
      .getByText(/2 keys expire within/)
      .waitFor();
    await screenshot(page, 'caches-soft');
    // -1 would be a key without an end; one of them may have expired already
    for (const key of ['shop:member:0', 'shop:member:1']) {
      const seconds = await redis.ttl(key);
      expect(seconds).not.toBe(-1);
      expect(seconds).toBeLessThanOrEqual(3600);
    }
    expect(await redis.ttl('shop:member:2')).toBe(-1);
  });

  it('[caches.1] shows a viewer what there is, and why they may not purge it', async () => {
    const other = await openPage(browser, { theme: 'dark' });
    await signInAs(other, stack.url, 'vera.viewer', '/operations/caches');
    const button = other.getByRole('button', { name: 'Purge Shop cache' });
    await button.waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await other
      .getByText(/prices were wrong|expiring/)
      .first()
      .waitFor();
    await screenshot(other, 'caches-dark');
    await other.setViewportSize({ width: 480, height: 900 });
    await button.waitFor();
    await screenshot(other, 'caches-dark-narrow');
    await other.context().close();
  });
});

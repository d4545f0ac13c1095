/**
 * Controls that an operator sets, and that the platform applies and ends by itself while the
 * backend is dead.
 */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const REASON = 'shown by a story of this project';
const TENANT = 'nordic-gym';

describe('controls', () => {
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    stack = await startStack();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  let dead = false;
  async function killBackend() {
    dead = true;
    await stack.kill('backend', 'SIGKILL');
  }
  async function revive() {
    if (dead) await stack.restart('backend');
    dead = false;
  }
  afterEach(revive);

  const local = (at: number) => new Date(at).toISOString().slice(0, 19);
  const inUtc = { context: { timezoneId: 'UTC' } };

  /**
   * The limit that the tenant's API names in an answer, with the times of the request and of the
   * answer.
   */
  async function limitOf(tenant: string) {
    const asked = Date.now();
    const response = await fetch(`${stack.tenantsUrl}/t/${tenant}/bookings`);
    await response.arrayBuffer();
    const policy = response.headers.get('ratelimit-policy') ?? '';
    const limit = Number(/q=(\d+)/.exec(policy)?.[1]);
    return { asked, at: Date.now(), limit };
  }

  async function waitingImports(): Promise<number> {
    const html = await (await fetch(`${stack.tenantsUrl}/t/${TENANT}`)).text();
    return Number(/id="waiting">(\d+)</.exec(html)?.[1]);
  }

  async function confirm(page: Page, verb: string) {
    const dialog = page
      .getByRole('dialog')
      .filter({ has: page.getByRole('textbox', { name: /reason/i }) });
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    return Date.now();
  }

  it('[controls.1] [controls.7] lifts a limit within a second of the answer; the backlog drains; with the backend killed it ends on its second', async () => {
    await until('imports to pile up', waitingImports, n => n >= 20, 120_000);
    const page = await openPage(browser, inUtc);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      '/operations/rate-limits',
    );
    await page.getByText(/1 tenant with refused requests/).waitFor();
    const row = page.getByRole('row').filter({ hasText: `${TENANT} tenant` });
    await row.hover();
    await row.getByRole('button', { name: /Override the limit/ }).click();
    await page.getByText(/of those refused would have passed/).waitFor();
    await screenshot(page, 'story-override');
    const endsAt = Math.ceil(Date.now() / 1000) * 1000 + 25_000;
    await page.getByLabel(/Ends at/).fill(local(endsAt));
    const accepted = await confirm(page, 'Override');
    const lifted = await until(
      'the limit to be lifted',
      () => limitOf(TENANT),
      ({ limit }) => limit === 600,
      5_000,
    );
    await killBackend();
    // what counts is the question: a slow answer is not a late decision
    expect(lifted.asked - accepted).toBeLessThan(1_000);

    await until('the backlog to drain', waitingImports, n => n <= 2, 20_000);
    let last = await limitOf(TENANT);
    let before = last;
    while (last.limit === 600) {
      before = last;
      last = await limitOf(TENANT);
    }
    // who asks 100 ms after its end is not let through by it
    expect(before.asked).toBeLessThan(endsAt + 100);
    expect(last.at).toBeGreaterThanOrEqual(endsAt);
    expect(last.limit).toBe(120);

    await revive();
    await page.goto(`${stack.url}/operations/rate-limits`);
    const past = page.getByRole('table', { name: 'Past overrides' });
    await past.getByText(REASON).waitFor();
    await page.getByText('No overrides').first().waitFor();
  });

  it('[controls.3] [controls.7] announces maintenance on the tenant’s page, holds and ends it with the backend dead, and leaves nothing behind', async () => {
    const tenant = 'alpine-spa';
    const page = await openPage(browser, inUtc);
    await signInAs(
      page,
      stack.url,
      'ada.admin',
      '/operations/maintenance?begin=1',
    );
    const visitor = await openPage(browser, inUtc);
    await visitor.goto(`${stack.tenantsUrl}/t/${tenant}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: /Tenant/ }).fill(tenant);
    await dialog
      .getByRole('textbox', { name: /Message to users/ })
      .fill('We move <b>house</b>.');
    // the times last: what a slow machine did before does not count
    const startsAt = Math.ceil(Date.now() / 1000) * 1000 + 20_000;
    const endsAt = startsAt + 12_000;
    await dialog.getByLabel('Begins at').fill(local(startsAt));
    await dialog.getByLabel(/Ends at/).fill(local(endsAt));
    await confirm(page, 'Plan');

    await visitor.reload();
    // within the element: the page has messages of its own
    const banner = visitor.locator('maintenance-banner');
    await banner.getByText('Planned maintenance').waitFor();
    await banner.getByText('We move <b>house</b>.').waitFor();
    await screenshot(visitor, 'story-banner-planned');
    await killBackend();

    const book = async (what: string) => {
      const asked = Date.now();
      const response = await fetch(`${stack.tenantsUrl}/t/${tenant}/bookings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ what }),
      });
      await response.arrayBuffer();
      return { asked, at: Date.now(), status: response.status };
    };
    // writes without a pause, from before the window to after it
    const answers: Array<Awaited<ReturnType<typeof book>>> = [];
    const writing = (async () => {
      while (Date.now() < endsAt + 1_000) {
        answers.push(await book('written in the story'));
        await new Promise(resolve => setTimeout(resolve, 600));
      }
    })();
    await banner
      .getByText('Read-only for maintenance')
      .waitFor({ timeout: 40_000 });
    await screenshot(visitor, 'story-banner-active');
    await writing;
    const refused = answers.filter(a => a.status === 503);
    expect(refused.length).toBeGreaterThan(5);
    for (const { asked, at } of refused) {
      expect(at).toBeGreaterThanOrEqual(startsAt);
      expect(asked).toBeLessThan(endsAt + 100);
    }
    expect((await book('after it')).status).toBe(201);
    await banner
      .getByText('Read-only for maintenance')
      .waitFor({ state: 'detached' });

    const kept = await (
      await fetch(`${stack.tenantsUrl}/t/${tenant}/bookings`)
    ).json();
    const inside = kept.items.filter(
      ({ at }: { at: string }) =>
        Date.parse(at) >= startsAt && Date.parse(at) < endsAt,
    );
    expect(inside).toEqual([]);
  });

  it('[controls.4] switches a flag for a while in a process of the platform, and back', async () => {
    const ada = await apiAs(stack.url, 'ada.admin');
    const flag = await ada.client.call('GET /flags/:key', {
      params: { key: 'new-checkout' },
    });
    const endsAt = Math.ceil(Date.now() / 1000) * 1000 + 5_000;
    const button = async () =>
      /Book and pay/.test(
        await (await fetch(`${stack.tenantsUrl}/t/${TENANT}`)).text(),
      );
    expect(await button()).toBe(false);
    await ada.client.call('PUT /flags/:key', {
      params: { key: flag.key },
      ifMatch: flag.etag,
      idempotencyKey: randomUUID(),
      body: {
        variant: 'on',
        until: new Date(endsAt).toISOString(),
        reason: REASON,
      },
    });
    await until('the flag on the page', button, on => on, 1_000);
    await until('the flag to be back', button, on => !on, 10_000);
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
  });
});

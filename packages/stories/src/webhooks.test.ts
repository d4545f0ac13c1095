/** The webhook failures inbox as its operator lives it, against a whole stack. */
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { launchBrowser, openPage, screenshot, signInAs } from './browser';
import { apiAs, type PersonApi } from './people';
import { startStack, type Stack } from './stack';
import { until } from './until';

const TENANT = 'nordic-gym';
const EVENT = 'payment.confirmed';
const REASON = 'their software is back up';

interface Counts {
  duplicates: number;
  messages: Array<{ id: string; eventType: string; times: number }>;
}

describe('webhooks', () => {
  let stack: Stack;
  let browser: Browser;
  let oskar: PersonApi;
  let receivers: string;

  beforeAll(async () => {
    const port = await freePort();
    receivers = `http://127.0.0.1:${port}`;
    stack = await startStack({ env: { WEBHOOK_PORT: String(port) } });
    browser = await launchBrowser();
    oskar = await apiAs(stack.url, 'oskar.operator');
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  const received = async (): Promise<Counts> =>
    (await fetch(`${receivers}/${TENANT}/received`)).json();
  const open = () =>
    oskar.client.call('GET /webhook-failures', {
      query: {
        tenant: [TENANT],
        eventType: [EVENT],
        state: ['failed', 'failed-again', 'replaying'],
      },
    });

  it('[webhooks.2] replays the four payment confirmations of the night together, each delivered exactly once, and the inbox is empty', async () => {
    const failed = await until(
      'the four failures of the night',
      open,
      page => page.totalItems === 4,
    );
    const ids = failed.items.map(item => item.webhookId);
    for (const { id, createdAt } of failed.items) {
      const { payload } = await oskar.client.call('GET /webhook-failures/:id', {
        params: { id },
      });
      // [truth.9] what the payload says of its time agrees with when it was created
      const { timestamp } = JSON.parse(payload!.text!);
      const apart = Math.abs(Date.parse(timestamp) - Date.parse(createdAt));
      expect(apart).toBeLessThan(60_000);
    }

    const page = await openPage(browser);
    await signInAs(page, stack.url, 'oskar.operator', '/operations/webhooks');
    await page
      .getByRole('button', { name: /^Filter by tenant|^Tenant/ })
      .click();
    await page.getByRole('checkbox', { name: new RegExp(TENANT) }).check();
    await page.keyboard.press('Escape');
    await page
      .getByRole('heading', { name: /^nordic-gym: 4 deliveries/ })
      .waitFor();
    await screenshot(page, 'story-webhooks-inbox');
    expect(page.url()).toContain(`tenant=${TENANT}`);

    await page
      .getByRole('checkbox', { name: 'Select all on this page' })
      .check();
    await page.getByRole('button', { name: 'Replay 4' }).click();
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Kept in the audit trail' });
    await dialog
      .getByText(/^Replays 4 deliveries to 1 endpoint of 1 tenant/)
      .waitFor();
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await screenshot(page, 'story-webhooks-dialog');
    await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });

    await until(
      'the inbox to be empty',
      open,
      answer => answer.totalItems === 0,
    );
    await page.getByText('No open failures').waitFor();
    await page.getByText('4 delivered').waitFor();
    await screenshot(page, 'story-webhooks-empty');

    const counts = await received();
    const times = new Map(counts.messages.map(m => [m.id, m.times]));
    expect(ids.map(id => times.get(id))).toEqual([1, 1, 1, 1]);
    const trail = await oskar.client.call('GET /audit', {
      query: { action: ['webhook.replay'] },
    });
    expect(trail.items[0]).toMatchObject({
      actor: 'user:default/oskar.operator',
      reason: REASON,
      outcome: 'succeeded',
      after: { count: 4 },
    });
  });

  it('[webhooks.5] shows what a receiver or a payload holds as text, and never runs it', async () => {
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      '/operations/webhooks?state=delivered',
    );
    let ran = false;
    page.on('dialog', shown => {
      ran = true;
      shown.dismiss().catch(() => {});
    });
    const [failure] = (
      await oskar.client.call('GET /webhook-failures', {
        query: {
          state: ['delivered'],
          limit: 1,
        },
      })
    ).items;
    await page.route(
      `**/api/operations/v1/webhook-failures/${failure.id}`,
      async route => {
        const answer = await route.fetch();
        const json = await answer.json();
        const evil = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
        json.payload.text = JSON.stringify({ note: evil });
        json.attemptLog[0].responseBody = evil;
        json.attemptLog[0].responseHeaders = { 'x-evil': evil };
        json.attemptLog[0].error.message = evil;
        await route.fulfill({ response: answer, json });
      },
    );
    await page.getByText(failure.webhookId).first().waitFor();
    await page.goto(
      `${stack.url}/operations/webhooks?state=delivered&failure=${failure.id}`,
    );
    const drawer = page.getByRole('dialog', { name: 'Failed webhook' });
    await drawer.getByText('Response').first().click();
    await drawer
      .getByText(/onerror/)
      .first()
      .waitFor();
    expect(await drawer.locator('img, script').count()).toBe(0);
    expect(ran).toBe(false);
    // the page asks again by itself, perhaps just now
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('does not send a delivered one again by accident: it asks, and says when it was delivered', async () => {
    const [failure] = (
      await oskar.client.call('GET /webhook-failures', {
        query: {
          state: ['delivered'],
          limit: 1,
        },
      })
    ).items;
    await expect(
      oskar.client.call('POST /webhook-failures/:id/replay', {
        params: { id: failure.id },
        body: { reason: REASON },
        idempotencyKey: randomUUID(),
      }),
    ).rejects.toThrow(/409|was delivered at/);
    const page = await openPage(browser);
    await signInAs(
      page,
      stack.url,
      'oskar.operator',
      `/operations/webhooks?state=delivered&failure=${failure.id}`,
    );
    const drawer = page.getByRole('dialog', { name: 'Failed webhook' });
    await drawer.getByRole('button', { name: 'Replay again…' }).click();
    const dialog = page
      .getByRole('dialog')
      .filter({ hasText: 'Kept in the audit trail' });
    await dialog.getByText(/^Delivered at/).waitFor();
    await dialog.getByRole('textbox', { name: /reason/i }).fill(REASON);
    await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
    await dialog
      .getByText('Confirm that you want it delivered again')
      .waitFor();
  });
});

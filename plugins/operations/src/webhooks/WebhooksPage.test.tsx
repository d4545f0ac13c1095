import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type {
  BulkActionRequest,
  WebhookFailure,
  WebhookFailureDetail,
} from '@craft-easy/backstage-plugin-operations-common';
import { seriousViolations } from '../__testUtils__/axe';
import { renderPage } from '../__testUtils__/renderPage';
import { WebhooksPage } from './WebhooksPage';

const server = setupServer();
registerMswTestHooks(server);

const at = (path: string) => `*/api/operations/v1${path}`;
const minutesAgo = (n: number) =>
  new Date(Date.now() - n * 60_000).toISOString();
const freshness = { state: 'live', asOf: minutesAgo(0) } as const;
const EVIL = '<img src=x onerror="window.ran=1"><script>window.ran=2</script>';

function aFailure(n: number): WebhookFailure {
  return {
    id: `whf-${n}`,
    tenant: 'nordic-gym',
    endpoint: 'main',
    webhookId: `msg_payment_${n}`,
    eventType: 'payment.confirmed',
    source: 'platform',
    state: 'failed',
    errorClass: 'server-error',
    errorCode: '503',
    errorMessage: 'The receiver answered 503',
    attempts: 3,
    createdAt: minutesAgo(400),
    firstFailedAt: minutesAgo(390),
    lastFailedAt: minutesAgo(390),
    stateSince: minutesAgo(390),
  };
}

/** An inbox of four failures; notes what it is asked for. */
function anInbox(patch: Partial<WebhookFailureDetail> = {}) {
  const items = [1, 2, 3, 4].map(aFailure);
  const seen = {
    lists: [] as URLSearchParams[],
    bulks: [] as BulkActionRequest[],
  };
  const allowed = { allowed: true };
  const detail: WebhookFailureDetail = {
    ...items[0],
    payload: {
      contentType: 'application/json',
      size: 40,
      text: '{"card":"[redacted]"}',
      truncated: false,
      redacted: ['card'],
    },
    attemptLog: [
      {
        n: 1,
        at: minutesAgo(390),
        durationMs: 12,
        sent: true,
        status: 503,
        error: { class: 'server-error', code: '503', message: 'answered 503' },
        responseHeaders: { server: 'nginx' },
        responseBody: 'down for maintenance',
      },
    ],
    history: [{ at: minutesAgo(390), kind: 'failed' }],
    actions: { replay: allowed, suppress: allowed, handle: allowed },
    freshness,
    ...patch,
  };
  server.use(
    http.get(at('/webhook-failures/summary'), () =>
      HttpResponse.json({
        total: 1204,
        open: 1204,
        states: [{ value: 'failed', count: 1204 }],
        tenants: [{ value: 'nordic-gym', count: 1204 }],
        eventTypes: [{ value: 'payment.confirmed', count: 1204 }],
        errorClasses: [{ value: 'server-error', count: 1204 }],
        groupCount: 1,
        groups: [
          {
            tenant: 'nordic-gym',
            endpoint: 'main',
            errorClass: 'server-error',
            errorCode: '503',
            count: 1204,
            lastFailedAt: minutesAgo(390),
            hours: new Array(24).fill(0).map((_, i) => (i === 17 ? 1204 : 0)),
          },
        ],
        hours: new Array(24).fill(0).map((_, i) => ({
          hour: minutesAgo((23 - i) * 60),
          count: i === 17 ? 1204 : 0,
        })),
        openSince: minutesAgo(390),
        freshness,
      }),
    ),
    http.get(at('/webhook-failures/bulk-preview'), ({ request }) => {
      const ids = new URL(request.url).searchParams.getAll('id');
      return HttpResponse.json({
        asOf: minutesAgo(0),
        count: ids.length || 1204,
        tenants: 1,
        endpoints: 1,
        largestEndpoint: ids.length || 1204,
        skipped: { delivered: 0, replaying: 0, expired: 0, same: 0 },
      });
    }),
    http.get(at('/webhook-failures'), ({ request }) => {
      seen.lists.push(new URL(request.url).searchParams);
      return HttpResponse.json({
        items,
        totalItems: 1204,
        totalIsExact: true,
        pageInfo: { nextCursor: 'next' },
        freshness,
      });
    }),
    http.get(at('/webhook-failures/whf-1'), () => HttpResponse.json(detail)),
    http.get(at('/webhook-replays'), () => HttpResponse.json({ items: [] })),
    http.get(at('/webhook-suppressions'), () =>
      HttpResponse.json({ items: [], totalItems: 0, pageInfo: {} }),
    ),
    http.post(at('/webhook-failures/bulk'), async ({ request }) => {
      const body = (await request.json()) as BulkActionRequest;
      seen.bulks.push(body);
      return HttpResponse.json(
        { count: body.expected, auditId: 'a1' },
        { status: 202 },
      );
    }),
  );
  return seen;
}

describe('inbox of failed webhooks', () => {
  it('answers first, asks for what is open, and keeps its filters in the address', async () => {
    const seen = anInbox();
    const page = await renderPage(<WebhooksPage />, '/operations/webhooks');
    expect(
      await screen.findByText(
        /^1,204 deliveries of nordic-gym at main failed for good/,
      ),
    ).toBeVisible();
    expect(seen.lists[0].getAll('state')).toEqual([
      'failed',
      'failed-again',
      'replaying',
    ]);
    await page.user.click(
      screen.getByRole('button', {
        name: /nordic-gym, main, server error 503/,
      }),
    );
    expect(page.query().getAll('tenant')).toEqual(['nordic-gym']);
    expect(page.query().getAll('error')).toEqual(['server-error:503']);
    expect(await seriousViolations()).toEqual([]);
  });

  it('replays all that match, saying the number before, and binds itself to it', async () => {
    const seen = anInbox();
    const { user } = await renderPage(
      <WebhooksPage />,
      '/operations/webhooks?tenant=nordic-gym',
    );
    await user.click(
      await screen.findByRole('button', {
        name: 'Select all 1,204 that match',
      }),
    );
    await user.click(screen.getByRole('button', { name: 'Replay 1,204' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Replay 1,204 deliveries' }),
    );
    expect(
      dialog.getByText(/takes 1,204 deliveries at 1 endpoint of 1 tenant/),
    ).toBeVisible();
    expect(dialog.getByText(/about 2 min/)).toBeVisible();
    await user.type(
      dialog.getByRole('textbox', { name: /reason/i }),
      'their software is back',
    );
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    expect(await screen.findByText(/will be sent again/)).toBeVisible();
    expect(seen.bulks).toMatchObject([
      {
        action: 'replay',
        expected: 1204,
        reason: 'their software is back',
        perEndpointPerSecond: 10,
        selection: { filter: { tenant: ['nordic-gym'] } },
      },
    ]);
  });

  it('takes a selection of rows by name', async () => {
    const seen = anInbox();
    const { user } = await renderPage(<WebhooksPage />, '/operations/webhooks');
    for (const n of [1, 3]) {
      await user.click(
        await screen.findByRole('checkbox', {
          name: `Select msg_payment_${n}`,
        }),
      );
    }
    await user.click(screen.getByRole('button', { name: 'Mark handled 2' }));
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Mark handled 2 deliveries',
      }),
    );
    await user.type(
      dialog.getByRole('textbox', { name: /reason/i }),
      'paid in cash instead',
    );
    await user.click(dialog.getByRole('button', { name: 'Mark handled' }));
    await screen.findByText(/2 deliveries marked handled/);
    expect(seen.bulks[0].selection).toEqual({ ids: ['whf-1', 'whf-3'] });
  });

  it('[webhooks.5] shows markup in payload and answers as text and runs nothing', async () => {
    anInbox({
      payload: {
        contentType: 'application/json',
        size: 90,
        text: JSON.stringify({ note: EVIL }),
        truncated: false,
        redacted: [],
      },
      attemptLog: [
        {
          n: 1,
          at: minutesAgo(390),
          durationMs: 3,
          sent: true,
          status: 500,
          error: { class: 'server-error', code: '500', message: EVIL },
          responseHeaders: { 'x-evil': EVIL },
          responseBody: EVIL,
        },
      ],
    });
    const { user } = await renderPage(
      <WebhooksPage />,
      '/operations/webhooks?failure=whf-1',
    );
    const drawer = await screen.findByRole('dialog', {
      name: 'Failed webhook',
    });
    await user.click(await within(drawer).findByText('Answer of the receiver'));
    expect(
      within(drawer).getByLabelText('Body of the answer'),
    ).toHaveTextContent(EVIL);
    expect(within(drawer).getByLabelText('Payload text')).toHaveTextContent(
      'onerror',
    );
    expect(drawer.querySelectorAll('img, script')).toHaveLength(0);
    expect((window as { ran?: number }).ran).toBeUndefined();
    expect(await seriousViolations()).toEqual([]);
  });

  it('says why an action is off, and asks before a delivered one is sent once more', async () => {
    anInbox({
      state: 'delivered',
      deliveredAt: minutesAgo(5),
      actions: {
        replay: { allowed: true },
        suppress: {
          allowed: false,
          rule: 'state',
          reason: 'It was delivered; there is nothing left to do',
        },
        handle: {
          allowed: false,
          rule: 'permission',
          reason: 'You do not have the permission operations.webhook.handle',
        },
      },
    });
    const { user } = await renderPage(
      <WebhooksPage />,
      '/operations/webhooks?failure=whf-1',
    );
    await user.click(
      await screen.findByRole('button', { name: 'Mark handled' }),
    );
    expect(
      await screen.findByText(/permission operations.webhook.handle/),
    ).toBeVisible();
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Replay' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: /Replay msg_payment_1/ }),
    );
    expect(dialog.getByText(/It was delivered at/)).toBeVisible();
    await user.type(
      dialog.getByRole('textbox', { name: /reason/i }),
      'asked for by the tenant',
    );
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    expect(dialog.getByText(/confirm that it shall be sent/)).toBeVisible();
  });
});

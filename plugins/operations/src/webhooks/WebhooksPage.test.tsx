import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { registerMswTestHooks } from '@backstage/test-utils';
import type {
  BulkActionRequest,
  WebhookFailureDetail,
  WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { WebhookFailure } from '@craft-easy/backstage-plugin-operations-common';
import { seriousViolations } from '../__testUtils__/axe';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { WebhooksPage } from './WebhooksPage';
import { fill } from '../__testUtils__/fill';

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

/** What the inbox counts. */
function aSummary(): WebhookSummary {
  return {
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
    permissionsHandler(),
    http.get(at('/webhook-failures/summary'), () =>
      HttpResponse.json(aSummary()),
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

/** The dialog that replays all that match, by its title. */
async function openReplayOfAll(name: string, query = '') {
  const page = await renderPage(
    <WebhooksPage />,
    `/operations/webhooks${query}`,
  );
  const { user } = page;
  await user.click(
    await screen.findByRole('button', {
      name: 'Select all 1,204 matching failures',
    }),
  );
  await user.click(screen.getByRole('button', { name: 'Replay 1,204' }));
  return {
    ...page,
    dialog: within(await screen.findByRole('dialog', { name })),
  };
}

describe('inbox of failed webhooks', () => {
  it('answers first, asks for what is open, and keeps its filters in the address', async () => {
    const seen = anInbox();
    const page = await renderPage(<WebhooksPage />, '/operations/webhooks');
    expect(
      await screen.findByText(/^nordic-gym: 1,204 deliveries to main failed/),
    ).toBeVisible();
    expect(seen.lists[0].getAll('state')).toEqual([
      'failed',
      'failed-again',
      'replaying',
    ]);
    await page.user.click(
      screen.getByRole('button', {
        name: /nordic-gym · main.*server error 503/,
      }),
    );
    expect(page.query().getAll('tenant')).toEqual(['nordic-gym']);
    expect(page.query().getAll('error')).toEqual(['server-error:503']);
    expect(await seriousViolations()).toEqual([]);
  });

  it('replays all that match, saying the number before, and binds itself to it', async () => {
    const seen = anInbox();
    const { dialog, user } = await openReplayOfAll(
      'Replay 1,204 deliveries',
      '?tenant=nordic-gym',
    );
    expect(
      dialog.getByText(/^Replays 1,204 deliveries to 1 endpoint of 1 tenant/),
    ).toBeVisible();
    expect(dialog.getByText(/about 2 min/)).toBeVisible();
    await fill(
      user,
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

  it('keeps what was typed while the failures are counted again, and while the list empties', async () => {
    const seen = anInbox();
    const preview = (count: number) => ({
      ...{ asOf: minutesAgo(count), count, tenants: 1, endpoints: 1 },
      largestEndpoint: count,
      skipped: { delivered: 9, replaying: 0, expired: 0, same: 0 },
    });
    server.use(
      http.get(at('/webhook-failures/bulk-preview'), ({ request }) =>
        HttpResponse.json(
          preview(request.url.includes('includeDelivered') ? 29 : 20),
        ),
      ),
    );
    const { dialog, user, signals } = await openReplayOfAll(
      'Replay 20 deliveries',
    );
    const reason = () => dialog.getByRole('textbox', { name: /reason/i });
    await fill(user, reason(), 'their software is back');
    await user.click(dialog.getByRole('checkbox'));
    expect(await screen.findByText('Replay 29 deliveries')).toBeVisible();
    server.use(
      http.get(at('/webhook-failures/bulk-preview'), () =>
        HttpResponse.json(preview(30)),
      ),
      http.get(at('/webhook-failures'), () =>
        HttpResponse.json({
          ...{ items: [], totalItems: 0, totalIsExact: true, pageInfo: {} },
          freshness: aSummary().freshness,
        }),
      ),
    );
    await waitFor(() => {
      // as after a laptop was closed
      window.dispatchEvent(new Event('online'));
      expect(screen.getByText('Replay 30 deliveries')).toBeVisible();
    });
    signals.send({ changed: 'webhooks' });
    await waitFor(() =>
      expect(screen.queryByText('msg_payment_1')).not.toBeInTheDocument(),
    );
    expect(reason()).toHaveValue('their software is back');
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    await waitFor(() => expect(seen.bulks).toHaveLength(1));
    expect(seen.bulks[0].expected).toBe(30);
  });

  it('[truth.3] says that it still counts where one confirms before, and sends nothing by itself', async () => {
    const seen = anInbox();
    const preview = (count: number) => ({
      ...{ asOf: minutesAgo(count), count, tenants: 1, endpoints: 1 },
      largestEndpoint: count,
      skipped: { delivered: 9, replaying: 0, expired: 0, same: 0 },
    });
    let count = () => {};
    const counted = new Promise<void>(resolve => {
      count = resolve;
    });
    server.use(
      http.get(at('/webhook-failures/bulk-preview'), async ({ request }) => {
        if (!request.url.includes('includeDelivered')) {
          return HttpResponse.json(preview(20));
        }
        await counted;
        return HttpResponse.json(preview(29));
      }),
    );
    const { dialog, user } = await openReplayOfAll('Replay 20 deliveries');
    const reason = dialog.getByRole('textbox', { name: /reason/i });
    await fill(user, reason, 'their software is back');
    await user.click(dialog.getByRole('checkbox'));
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    const sentence = /^Not everything is loaded yet/;
    expect(await dialog.findByText(sentence)).toBeVisible();
    count();
    expect(await screen.findByText('Replay 29 deliveries')).toBeVisible();
    expect(dialog.queryByText(sentence)).toBeNull();
    expect(seen.bulks).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    await waitFor(() => expect(seen.bulks).toHaveLength(1));
    expect(seen.bulks[0].expected).toBe(29);
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
    await user.click(screen.getByRole('button', { name: 'Mark 2 handled' }));
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Mark 2 deliveries handled',
      }),
    );
    await fill(
      user,
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
    expect(
      await within(drawer).findByRole('link', { name: 'Audit trail' }),
    ).toHaveAttribute('href', '/operations/audit?target=webhook%3Awhf-1');
    await user.click(await within(drawer).findByText('Response'));
    expect(within(drawer).getByLabelText('Response body')).toHaveTextContent(
      EVIL,
    );
    expect(within(drawer).getByLabelText('Payload text')).toHaveTextContent(
      'onerror',
    );
    expect(drawer.querySelectorAll('img, script')).toHaveLength(0);
    expect((window as { ran?: number }).ran).toBeUndefined();
    expect(await seriousViolations()).toEqual([]);
  });

  it('[truth.7] says why an action is off, and steps back from replaying a delivered one, which asks before', async () => {
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
    const again = screen.getByRole('button', { name: 'Replay again…' });
    expect(again).not.toHaveClass('MuiButton-contained');
    await user.click(again);
    const dialog = within(
      await screen.findByRole('dialog', { name: /Replay msg_payment_1/ }),
    );
    expect(dialog.getByText(/^Delivered at/)).toBeVisible();
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'asked for by the tenant',
    );
    await user.click(dialog.getByRole('button', { name: 'Replay' }));
    expect(
      await dialog.findByText(/Confirm that you want it delivered again/),
    ).toBeVisible();
    // and where the form is not ready, the focus says where
    expect(dialog.getByRole('checkbox')).toHaveFocus();
  });

  it('shows the failures of each hour as a table to who does not see the bars, and says what a search finds', async () => {
    anInbox();
    await renderPage(<WebhooksPage />, '/operations/webhooks');
    const table = await screen.findByRole('table', {
      name: 'Failures per hour',
    });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(24);
    expect(rows[17]).toHaveTextContent(/1204$/);
    expect(
      screen.getByText('1,204 in the last 24 hours, at most 1,204 in one hour'),
    ).toBeVisible();
    expect(
      screen.getByRole('searchbox', {
        name: /whole webhook id or by its first characters/,
      }),
    ).toBeVisible();
  });

  it('counts per tenant, and a tenant is one press away', async () => {
    const seen = anInbox();
    server.use(
      http.get(at('/webhook-failures/summary'), () =>
        HttpResponse.json({
          ...aSummary(),
          tenants: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((value, i) => ({
            value,
            count: 70 - i,
          })),
        }),
      ),
    );
    const page = await renderPage(<WebhooksPage />, '/operations/webhooks');
    const list = await screen.findByRole('list', {
      name: 'Failures by tenant',
    });
    expect(within(list).getByText(/^2 more/)).toBeVisible();
    await page.user.click(within(list).getByRole('button', { name: 'b 69' }));
    expect(page.query().getAll('tenant')).toEqual(['b']);
    expect(
      await screen.findByRole('heading', { name: /^b: 1,204 deliveries / }),
    ).toBeVisible();
    expect(seen.lists.at(-1)!.getAll('tenant')).toEqual(['b']);
    await page.user.click(within(list).getByRole('button', { name: 'b 69' }));
    expect(page.query().getAll('tenant')).toEqual([]);
    expect(await seriousViolations()).toEqual([]);
  });

  it('says what would be here while nothing has failed, and how to come out of a filter that nothing matches', async () => {
    anInbox();
    const nothing = {
      items: [],
      totalItems: 0,
      totalIsExact: true,
      pageInfo: {},
      freshness,
    };
    server.use(
      http.get(at('/webhook-failures'), () => HttpResponse.json(nothing)),
      http.get(at('/webhook-failures/summary'), () =>
        HttpResponse.json({
          ...aSummary(),
          ...{ total: 0, open: 0, states: [], tenants: [], groups: [] },
          ...{ eventTypes: [], errorClasses: [], groupCount: 0 },
          openSince: undefined,
          hours: aSummary().hours.map(h => ({ ...h, count: 0 })),
        }),
      ),
    );
    const page = await renderPage(<WebhooksPage />, '/operations/webhooks');
    expect(await screen.findByText('Inbox empty')).toBeVisible();
    expect(screen.getByText(/createWebhookDispatcher/)).toBeVisible();
    expect(screen.getByText('None in the last 24 hours')).toBeVisible();
    expect(await seriousViolations()).toEqual([]);
    await page.user.type(screen.getByRole('searchbox'), 'msg_x');
    await page.user.click(
      (
        await screen.findAllByRole('button', { name: 'Clear filters' })
      )[0],
    );
    expect(page.query().get('search')).toBeNull();
  });

  it('says what failed when the inbox cannot be read, and tries again', async () => {
    anInbox();
    let broken = true;
    server.use(
      http.get(at('/webhook-failures'), () =>
        broken
          ? HttpResponse.json(
              {
                error: { name: 'NotAllowedError', message: 'not for you' },
                response: { statusCode: 403 },
              },
              { status: 403 },
            )
          : undefined,
      ),
    );
    const { user } = await renderPage(<WebhooksPage />, '/operations/webhooks');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('not for you');
    expect(await seriousViolations()).toEqual([]);
    broken = false;
    await user.click(
      within(alert).getByRole('button', { name: /retry|again/i }),
    );
    expect(
      await screen.findByRole('button', {
        name: 'Select all 1,204 matching failures',
      }),
    ).toBeVisible();
  });

  it('shows how far a bulk replay is, and stops it with a reason', async () => {
    anInbox();
    const stops: unknown[] = [];
    const replay = {
      id: 'blk-1',
      status: 'running',
      requestedBy: 'user:default/ada',
      reason: 'their software is back',
      createdAt: minutesAgo(1),
      total: 1204,
      tenants: 1,
      endpoints: 1,
      perEndpointPerSecond: 10,
      left: 700,
      sent: 4,
      delivered: 495,
      failed: 5,
      refused: 0,
      stopped: 0,
      ratePerSecond: 9.8,
      secondsLeft: 71,
      canStop: true,
    };
    server.use(
      http.get(at('/webhook-replays'), () =>
        HttpResponse.json({ items: [replay] }),
      ),
      http.post(at('/webhook-replays/blk-1/stop'), async ({ request }) => {
        stops.push(await request.json());
        return HttpResponse.json(
          { replay: { ...replay, status: 'stopping' }, auditId: 'a1' },
          { status: 202 },
        );
      }),
    );
    const { user } = await renderPage(<WebhooksPage />, '/operations/webhooks');
    const section = within(
      await screen.findByRole('region', { name: 'Replay blk-1' }),
    );
    expect(
      section.getByText(
        '495 delivered · 5 failed again · 4 in progress · 700 left',
      ),
    ).toBeVisible();
    expect(section.getByText(/9.8\/s, about 1 min 11 s left/)).toBeVisible();
    expect(
      section.getByRole('progressbar', { name: 'Progress of the replay' }),
    ).toHaveAttribute('aria-valuenow', '42');
    expect(await seriousViolations()).toEqual([]);
    await user.click(
      section.getByRole('button', { name: /^Stop the replay of 1,204/ }),
    );
    const dialog = within(await screen.findByRole('dialog', { name: /Stop/ }));
    await fill(
      user,
      dialog.getByRole('textbox', { name: /reason/i }),
      'their software fell over again',
    );
    await user.click(dialog.getByRole('button', { name: /^Stop/ }));
    await waitFor(() =>
      expect(stops).toMatchObject([
        { reason: 'their software fell over again' },
      ]),
    );
  });

  it('says of an endpoint that is down whether its circuit is open, and when the next delivery goes to see', async () => {
    anInbox({
      endpointState: {
        state: 'down',
        since: minutesAgo(30),
        circuit: 'open',
        retryAt: minutesAgo(-2),
      },
    });
    await renderPage(<WebhooksPage />, '/operations/webhooks?failure=whf-1');
    const drawer = await screen.findByRole('dialog', {
      name: 'Failed webhook',
    });
    expect(within(drawer).getByText(/circuit open, next trial/)).toBeVisible();
  });
});

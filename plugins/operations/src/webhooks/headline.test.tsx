import { screen } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { at, iso, onePage, pagePortal } from '../__testUtils__/pagePortal';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { WebhooksPage } from './WebhooksPage';

const server = pagePortal();

const freshness = { state: 'live' as const, asOf: iso(0) };

const aSummary = (open: number): WebhookSummary => ({
  ...{ total: open, open, states: [], eventTypes: [], errorClasses: [] },
  tenants: open ? [{ value: 'nordic-gym', count: open }] : [],
  ...{ groups: [], groupCount: 0, freshness },
  hours: [{ hour: iso(0), count: open }],
});

describe('the sentence above the inbox', () => {
  it('[truth.3] is about all that is open, though nothing matches the filters', async () => {
    server.use(
      permissionsHandler(),
      http.get(at('/webhook-failures/summary'), async ({ request }) => {
        const searched = new URL(request.url).searchParams.has('search');
        await delay(20);
        return HttpResponse.json(aSummary(searched ? 0 : 4));
      }),
      http.get(at('/webhook-failures'), () =>
        HttpResponse.json({
          ...{ items: [], totalItems: 0, totalIsExact: true },
          ...{ pageInfo: {}, freshness },
        }),
      ),
      http.get(at('/webhook-replays'), () => HttpResponse.json({ items: [] })),
      http.get(at('/webhook-suppressions'), () => onePage([])),
    );
    await renderPage(<WebhooksPage />, '/operations/webhooks?search=qqqq');
    expect(
      await screen.findByText('nordic-gym: 4 deliveries failed'),
    ).toBeVisible();
    expect(screen.queryByText('No open failures')).toBeNull();
    // hours are not counted by what was searched for
    expect(
      screen.queryByRole('figure', { name: 'Failures per hour' }),
    ).toBeNull();
  });
});

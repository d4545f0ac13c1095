import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { registerMswTestHooks } from '@backstage/test-utils';
import type { WebhookSummary } from '@craft-easy/backstage-plugin-operations-common/internal';
import { seriousViolations } from '../__testUtils__/axe';
import { renderPage } from '../__testUtils__/renderPage';
import { TENANT_ANNOTATION } from '../entities';
import { EntityTenantWebhooksCard } from './entity';

const server = setupServer();
registerMswTestHooks(server);

const summary: WebhookSummary = {
  total: 4,
  open: 4,
  states: [{ value: 'failed', count: 4 }],
  tenants: [
    { value: 'nordic-gym', count: 4 },
    { value: 'alpine-spa', count: 90 },
  ],
  eventTypes: [],
  errorClasses: [],
  groupCount: 1,
  groups: [
    {
      tenant: 'nordic-gym',
      endpoint: 'main',
      errorClass: 'server-error',
      errorCode: '503',
      count: 4,
      lastFailedAt: '2026-11-24T02:10:00.000Z',
      hours: new Array(24).fill(0),
    },
  ],
  hours: new Array(24).fill(0).map((_, i) => ({
    hour: new Date(Date.UTC(2026, 10, 24, i)).toISOString(),
    count: i === 2 ? 4 : 0,
  })),
  freshness: { state: 'live', asOf: '2026-11-24T12:00:00.000Z' },
};

describe('webhooks on the page of a tenant', () => {
  it('says what of this tenant failed for good, and leads to it', async () => {
    let asked = new URLSearchParams();
    server.use(
      http.get(
        '*/api/operations/v1/webhook-failures/summary',
        ({ request }) => {
          asked = new URL(request.url).searchParams;
          return HttpResponse.json(summary);
        },
      ),
    );
    await renderPage(
      <EntityProvider
        entity={{
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: {
            name: 'tenant-nordic-gym',
            annotations: { [TENANT_ANNOTATION]: 'nordic-gym' },
          },
        }}
      >
        <EntityTenantWebhooksCard />
      </EntityProvider>,
      '/',
    );
    expect(
      await screen.findByText('nordic-gym: 4 deliveries to main failed'),
    ).toBeVisible();
    expect(asked.getAll('tenant')).toEqual(['nordic-gym']);
    expect(
      screen.getByRole('link', { name: 'main: 4 × server error 503' }),
    ).toHaveAttribute(
      'href',
      '/operations/webhooks?tenant=nordic-gym&endpoint=main&error=server-error%3A503',
    );
    expect(
      screen.getByRole('link', { name: 'All failed webhooks of this tenant' }),
    ).toHaveAttribute('href', '/operations/webhooks?tenant=nordic-gym');
    expect(await seriousViolations()).toEqual([]);
  });
});

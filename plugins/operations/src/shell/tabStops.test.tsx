import { useState } from 'react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { Route, Routes } from 'react-router-dom';
import { Sidebar, SidebarPage } from '@backstage/core-components';
import { renderInTestApp } from '@backstage/test-utils';
import { handlersFor, TestPlatform } from '../__testUtils__';
import { aRequest } from '../__testUtils__/approvals';
import {
  at,
  HOUR,
  iso,
  onePage,
  pagePortal,
} from '../__testUtils__/pagePortal';
import { permissionsHandler } from '../__testUtils__/permissions';
import { renderPage } from '../__testUtils__/renderPage';
import { OperationsPage } from './OperationsPage';
import { OperationsRoot } from './OperationsRoot';

const server = pagePortal();

const WHO = 'user:default/oskar.operator';
const ALLOWED = { allowed: true };
const freshness = { state: 'live', asOf: iso(0) };

const timed = (id: string, state: string) => ({
  ...{ id, state, published: true, endedEarly: state === 'ended' },
  ...{ startsAt: iso(-HOUR), endsAt: iso(HOUR), plannedEndsAt: iso(HOUR) },
  ...{ createdAt: iso(-HOUR), createdBy: WHO, reason: 'a backlog' },
  ...{ changedBy: WHO, changeReason: 'done early', timezone: 'UTC' },
});
const controls = (of: object) => (info: { request: Request }) =>
  onePage(
    new URL(info.request.url).searchParams
      .getAll('state')
      .filter(state => state === 'active' || state === 'ended')
      .map(state => ({ ...timed(state, state), ...of })),
  );

const webhook = (id: string) => ({
  ...{ id, tenant: 'nordic-gym', endpoint: 'main', webhookId: `msg-${id}` },
  ...{ eventType: 'payment.confirmed', source: 'platform', state: 'failed' },
  ...{ errorClass: 'server-error', errorCode: '503', errorMessage: '503' },
  ...{ attempts: 3, createdAt: iso(-HOUR), firstFailedAt: iso(-HOUR) },
  ...{ lastFailedAt: iso(-HOUR), stateSince: iso(-HOUR) },
});

const purge = {
  ...{ id: 'p1', target: 'shop', targetTitle: 'Shop cache', mode: 'hard' },
  ...{ pattern: 'cache:product:*', keysPerSecond: 1, status: 'succeeded' },
  ...{ reason: 'prices', requestedBy: WHO, createdAt: iso(-HOUR) },
  ...{ endedAt: iso(-HOUR), totalKeys: 9, scanned: 9, matched: 9 },
  ...{ removed: 9, skipped: 0, resumed: 0, masters: 1, mastersDone: 1 },
  ...{ auditId: 'a1', cancel: { allowed: false, reason: 'It is over.' } },
};

const migration = {
  ...{ component: 'tenant-api', environment: 'production' },
  ...{ source: 'reports', state: 'settled', reasons: [], since: iso(-HOUR) },
  ...{ versions: [{ version: '1.8.3', instances: 2 }], instances: [] },
  ...{ pendingIndexes: { create: 0, drop: 0 }, pendingMigrations: 0 },
};

const HANDLERS = [
  permissionsHandler(),
  http.get(at('/webhook-failures/summary'), () =>
    HttpResponse.json({
      ...{ total: 2, open: 2, states: [], tenants: [], eventTypes: [] },
      ...{ errorClasses: [], groupCount: 0, groups: [], freshness },
      hours: [{ hour: iso(-HOUR), count: 2 }],
    }),
  ),
  http.get(at('/webhook-failures'), () =>
    HttpResponse.json({
      items: [webhook('one'), webhook('two')],
      ...{ totalItems: 2, totalIsExact: true, pageInfo: {}, freshness },
    }),
  ),
  http.get(at('/webhook-replays'), () => HttpResponse.json({ items: [] })),
  http.get(at('/webhook-suppressions'), () => onePage([])),
  http.get(
    at('/rate-limit-overrides'),
    controls({
      subject: { kind: 'tenant', tenant: 'nordic-gym' },
      limit: { kind: 'multiplier', factor: 5 },
    }),
  ),
  http.get(at('/rate-limit-usage'), () =>
    HttpResponse.json({
      limiters: [],
      subjects: [
        {
          ...{ limiter: 'api', kind: 'tenant', name: 'alpine-spa' },
          ...{ passed: 2, refused: 4, passedLastHour: 6, refusedLastHour: 9 },
        },
      ],
      asOf: iso(0),
      rules: { maxDurationMs: HOUR, maxFactor: 10, unlimitedAllowed: true },
    }),
  ),
  http.get(at('/flags'), () =>
    HttpResponse.json({
      items: [
        {
          ...{ key: 'new-checkout', type: 'boolean', description: 'To pay' },
          ...{ owner: 'group:default/growth', tags: [], serving: 'off' },
          ...{ variants: { on: true, off: false }, defaultVariant: 'off' },
          ...{ stale: false, source: 'page', etag: '"1"', published: true },
          ...{ createdAt: iso(-HOUR), createdBy: WHO, changedAt: iso(-HOUR) },
          ...{ changedBy: WHO, changeReason: 'created' },
        },
      ],
      ...{ totalItems: 1, pageInfo: {} },
      totals: { flags: 1, temporary: 0, overdue: 0 },
    }),
  ),
  http.get(
    at('/maintenance'),
    controls({
      ...{ scope: { kind: 'tenant', tenant: 'acme' }, mode: 'offline' },
      ...{ messages: { en: 'We move' }, holdJobs: true, overrunning: false },
    }),
  ),
  http.get(at('/caches'), () =>
    HttpResponse.json({
      items: [
        {
          ...{ name: 'shop', title: 'Shop cache', topology: 'single' },
          ...{ allowedPrefixes: ['cache:'], protectedPrefixes: [], queued: 0 },
          ...{ lastPurge: purge, purge: ALLOWED },
        },
      ],
    }),
  ),
  http.get(at('/cache-purges'), () => onePage([purge])),
  http.get(at('/migrations'), () =>
    HttpResponse.json({ items: [migration], environments: [] }),
  ),
  http.get(at('/approvals'), () =>
    onePage([aRequest('a'), aRequest('b', { isOwn: true })]),
  ),
];

const JOB = 'tenant-usage-export';

async function open(address: string) {
  const platform = new TestPlatform();
  platform.noteAction({
    ...{ actor: WHO, action: 'job.run', target: `job:bullmq/${JOB}` },
    ...{ href: `/operations/jobs/bullmq/${JOB}`, outcome: 'succeeded' },
    ...{ reason: 'Numbers', tenant: 'acme', parameters: {} },
    approval: { id: 'a1', approvedBy: 'user:default/ada.admin' },
  } as Parameters<TestPlatform['noteAction']>[0]);
  server.use(...HANDLERS, ...handlersFor(platform));
  return renderPage(
    <Routes>
      <Route path="/operations/*" element={<OperationsPage />} />
    </Routes>,
    address,
  );
}

/** What Tab stops at. */
const stopsIn = (row: HTMLElement) =>
  [
    ...row.querySelectorAll<HTMLElement>(
      'a, button, input, summary, [tabindex]',
    ),
  ].filter(control => control.tabIndex >= 0 && !control.matches(':disabled'));

const rowsOf = (role: 'table' | 'list', name: string) => [
  ...screen
    .getByRole(role, { name })
    .querySelectorAll<HTMLElement>(
      ':scope > li, tbody > tr:not([data-skeleton])',
    ),
];

describe('a row', () => {
  it.each<[string, string, 'table' | 'list', string]>([
    ['jobs', '/jobs', 'table', 'Jobs'],
    ['runs', `/jobs/bullmq/${JOB}`, 'table', 'Runs'],
    ['webhooks', '/webhooks', 'table', 'Failed webhooks'],
    ['overrides', '/rate-limits', 'table', 'Active and scheduled overrides'],
    ['past overrides', '/rate-limits', 'table', 'Past overrides'],
    ['use of limits', '/rate-limits', 'table', 'Use of the limits now'],
    ['flags', '/flags', 'table', 'Global flags'],
    ['maintenance', '/maintenance', 'table', 'Active and planned maintenance'],
    ['past maintenance', '/maintenance', 'table', 'Past maintenance'],
    ['caches', '/caches', 'table', 'Caches'],
    ['purges', '/caches', 'table', 'Purges'],
    ['migrations', '/migrations', 'table', 'Components'],
    ['approvals', '/approvals', 'list', 'Waiting'],
    ['the audit trail', '/audit', 'table', 'Audit trail'],
  ])(
    '[truth.20] of %s has at most two tab stops',
    async (_, path, role, name) => {
      await open(`/operations${path}`);
      // what the user may do is known later than the rows
      await waitFor(() => {
        const rows = rowsOf(role, name);
        expect(rows.length).toBeGreaterThan(0);
        const counts = rows.map(row => stopsIn(row).length);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(Math.max(...counts)).toBeLessThanOrEqual(2);
      });
    },
  );

  it('[truth.20] stops at its link and its main action; the arrow keys reach the rest, and come back to it', async () => {
    const { user } = await open('/operations/jobs?sort=name');
    const link = await screen.findByRole('link', {
      name: 'weekly-license-renewal-reminder',
    });
    const row = within(link.closest('tr')!);
    const retry = await row.findByRole('button', { name: /^Retry/ });
    const run = row.getByRole('button', { name: /^Run/ });
    link.focus();
    await user.tab();
    expect(retry).toHaveFocus();
    await user.keyboard('{ArrowRight}');
    expect(run).toHaveFocus();
    await user.keyboard('{ArrowRight}');
    expect(run).toHaveFocus();
    await user.tab({ shift: true });
    expect(link).toHaveFocus();
    await user.tab();
    expect(run).toHaveFocus();
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    // the newest of the bars, and from there along them
    expect(document.activeElement).toHaveAccessibleName(/^failed · /);
    await user.keyboard('{ArrowLeft}{ArrowLeft}{ArrowRight}');
    expect(document.activeElement).toHaveAccessibleName(/^succeeded · /);
    expect(stopsIn(link.closest('tr')!)).toEqual([
      link,
      document.activeElement,
    ]);
    await user.keyboard('{ArrowUp}');
    expect(document.activeElement).toHaveAttribute('data-row-link');
  });
});

it('[truth.20] the portal’s link past the sidebar leads to the page, with all that is on it next', async () => {
  function Portal() {
    const [count, setCount] = useState(0);
    return (
      <SidebarPage>
        <Sidebar>
          <button onClick={() => setCount(count + 1)}>Menu {count}</button>
        </Sidebar>
        <OperationsRoot page>
          <button>Retry</button>
        </OperationsRoot>
      </SidebarPage>
    );
  }
  const user = userEvent.setup();
  await renderInTestApp(<Portal />);
  // the portal draws the link anew with its sidebar
  await user.click(screen.getByRole('button', { name: /Menu/ }));
  await user.click(screen.getByRole('button', { name: 'Skip to content' }));
  await user.tab();
  expect(screen.getByRole('button', { name: 'Retry' })).toHaveFocus();
});

import { http, HttpResponse } from 'msw';
import { aRequest } from './approvals';
import { at, HOUR, iso, onePage } from './pagePortal';
import { permissionsHandler } from './permissions';

/** Who did all of it. */
export const WHO = 'user:default/oskar.operator';
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

/** Answers that put at least one row on each page that `handlersFor` leaves empty. */
export const everyPage = [
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

/**
 * The expected decision of every permission and every route, written by hand. The matrix test
 * compares the policy and the routes with it.
 */
import { TENANTS } from './startPortal';

/** Of what one sees or may touch: all, what belongs to one's tenant, one's own jobs, nothing. */
export type Scope = 'all' | 'tenant' | 'own' | 'none';

/** Who asks. */
export const ROLES = [
  { name: 'stranger', user: 'user:default/stranger' },
  { name: 'viewer', user: 'user:default/vera.viewer' },
  { name: 'operator', user: 'user:default/oskar.operator' },
  { name: 'admin', user: 'user:default/ada.admin' },
  { name: 'finance', user: 'user:default/fia.finance' },
  { name: 'support', user: 'user:default/tim.tenant' },
] as const;

/**
 * A column per role, in the order of {@link ROLES}: stranger, viewer, operator, admin, finance,
 * support of one tenant.
 */
export const PERMISSIONS: Record<string, Scope[]> = {
  'operations.job.read': ['own', 'all', 'all', 'all', 'all', 'tenant'],
  'operations.job.run': ['own', 'own', 'all', 'all', 'own', 'own'],
  'operations.job.cancel': ['own', 'own', 'all', 'all', 'own', 'own'],
  'operations.job.retry': ['own', 'own', 'all', 'all', 'own', 'own'],
  'operations.checkin.report': ['none', 'none', 'none', 'none', 'none', 'none'],
  'operations.webhook.read': ['none', 'all', 'all', 'all', 'all', 'tenant'],
  'operations.webhook.replay': ['none', 'none', 'all', 'all', 'none', 'tenant'],
  'operations.webhook.suppress': ['none', 'none', 'all', 'all', 'none', 'none'],
  'operations.webhook.handle': ['none', 'none', 'all', 'all', 'none', 'none'],
  'operations.webhook.report': ['none', 'none', 'none', 'none', 'none', 'none'],
  'operations.audit.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.approval.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.approval.decide': ['none', 'none', 'all', 'all', 'none', 'none'],
  'operations.attention.acknowledge': [
    'none',
    'none',
    'all',
    'all',
    'none',
    'none',
  ],
  'operations.cache.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.cache.purge': ['none', 'none', 'none', 'all', 'none', 'none'],
  'operations.migration.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.migration.report': [
    'none',
    'none',
    'none',
    'none',
    'none',
    'none',
  ],
  'operations.rate-limit.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.rate-limit.override': [
    'none',
    'none',
    'all',
    'all',
    'none',
    'none',
  ],
  'operations.flag.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.flag.toggle': ['none', 'none', 'none', 'all', 'none', 'none'],
  'operations.maintenance.read': ['none', 'all', 'all', 'all', 'all', 'none'],
  'operations.maintenance.toggle': [
    'none',
    'none',
    'none',
    'all',
    'none',
    'none',
  ],
};

/** Ids of what the portal holds when the matrix is tried: by tenant; of runs, by job and tenant. */
export interface Seed {
  runs: Record<'ledger' | 'letters', Record<string, string>>;
  failures: Record<string, string>;
  replays: Record<string, string>;
  suppressions: Record<string, string>;
}

interface Request {
  path: string;
  body?: object;
}

/** A route with something to ask of it. */
export type Expectation =
  /** No tenant, no owner: the permission alone decides. */
  | { about: 'portal'; request: Request }
  /** Answers everybody who is signed in. */
  | { about: 'anybody'; request: Request }
  /** A list or sum: what one may not see is neither shown nor counted. */
  | { about: 'list'; request: Request; mayBeEmpty?: true }
  /** A job; of one who sees a tenant only, that tenant's part, unless it has no parts. */
  | { about: 'job'; asWhole?: true; request(job: string): Request }
  /** A thing of one job and one tenant. */
  | { about: 'run'; request(seed: Seed, job: Job, tenant: string): Request }
  /** A thing of one tenant. */
  | { about: 'tenant'; request(seed: Seed, tenant: string): Request };

export type Job = keyof Seed['runs'];

/**
 * A reason that is too short: 400 for those who may act, 403 for those who may not. Nothing
 * happens either way.
 */
const body = { reason: 'x' };
const portal = (path: string, more?: object): Expectation => ({
  about: 'portal',
  request: { path, ...more },
});
const act = (path: string): Expectation => portal(path, { body });
const list = (path: string): Expectation => ({
  about: 'list',
  request: { path },
});
/** A list that may have nothing in it yet. */
const sparse = (path: string): Expectation => ({
  about: 'list',
  request: { path },
  mayBeEmpty: true,
});
const job = (path: string): Extract<Expectation, { about: 'job' }> => ({
  about: 'job',
  request: name => ({ path: `/jobs/bullmq/${name}${path}` }),
});
const ofRun = (path: string, more?: object): Expectation => ({
  about: 'run',
  request: ({ runs }, name, tenant) => ({
    path: `/runs/${runs[name][tenant]}${path}`,
    ...more,
  }),
});
const oneOf = (
  what: 'failures' | 'replays' | 'suppressions',
  pathOf: (id: string) => string,
  more?: object,
): Expectation => ({
  about: 'tenant',
  request: (seed, tenant) => ({ path: pathOf(seed[what][tenant]), ...more }),
});

export const ROUTES: Record<string, Expectation> = {
  'GET /known/{kind}': sparse('/known/tenant'),
  'GET /permissions/mine': {
    about: 'anybody',
    request: { path: '/permissions/mine' },
  },

  'GET /jobs': list('/jobs'),
  'GET /jobs/{engine}/{name}': job(''),
  'GET /jobs/{engine}/{name}/badge': { ...job('/badge'), asWhole: true },
  'GET /jobs/{engine}/{name}/runs': job('/runs'),
  'GET /jobs/{engine}/{name}/trend': job('/trend'),
  'GET /jobs/{engine}/{name}/error-groups': job('/error-groups'),
  'GET /jobs/{engine}/{name}/tenants': job('/tenants'),
  'GET /runs': list('/runs?search=ada.admin'),
  'GET /runs/{id}/context': ofRun('/context'),
  'GET /run-summary': list('/run-summary'),
  'GET /upcoming-runs': sparse('/upcoming-runs'),
  'GET /upcoming-runs/calendar': sparse('/upcoming-runs/calendar'),
  'POST /run-bulks/preview': {
    about: 'list',
    request: {
      path: '/run-bulks/preview',
      body: { action: 'retry', selection: { filter: { status: 'succeeded' } } },
    },
    mayBeEmpty: true,
  },
  'POST /run-bulks': portal('/run-bulks', {
    body: { ...body, action: 'retry' },
  }),
  'GET /run-bulks': sparse('/run-bulks'),
  'GET /run-bulks/{id}': portal('/run-bulks/none'),
  'GET /run-bulks/{id}/items': portal('/run-bulks/none/items'),
  'POST /run-bulks/{id}/stop': portal('/run-bulks/none/stop', { body }),
  'GET /runs/{id}': ofRun(''),
  'GET /runs/{id}/log': ofRun('/log'),
  'GET /queues': list('/queues'),
  'GET /queues/history': sparse('/queues/history'),
  'GET /service-levels': sparse('/service-levels'),
  'GET /catalog-jobs': list('/catalog-jobs'),
  'GET /catalog-jobs/details': list(
    '/catalog-jobs/details?id=bullmq/ledger&id=bullmq/letters',
  ),
  'POST /jobs/{engine}/{name}/runs': {
    about: 'run',
    request: (_, name, tenant) => ({
      path: `/jobs/bullmq/${name}/runs`,
      body: { reason: 'trying the matrix', tenant },
    }),
  },
  'POST /jobs/{engine}/{name}/queue/resume': {
    about: 'job',
    request: name => ({ path: `/jobs/bullmq/${name}/queue/resume`, body }),
  },
  'POST /runs/{id}/cancel': ofRun('/cancel', { body }),
  'POST /runs/{id}/retry': ofRun('/retry', { body }),

  'GET /attention': portal('/attention'),
  'GET /attention/{id}': portal('/attention/none'),
  'POST /attention/{id}/acknowledge': act('/attention/none/acknowledge'),
  'POST /attention/{id}/snooze': act('/attention/none/snooze'),
  'POST /attention/{id}/reopen': act('/attention/none/reopen'),

  'GET /webhook-failures': list('/webhook-failures'),
  'GET /webhook-failures/summary': list('/webhook-failures/summary'),
  'GET /webhook-failures/bulk-preview': portal(
    '/webhook-failures/bulk-preview?action=replay',
  ),
  'GET /webhook-failures/{id}': oneOf(
    'failures',
    id => `/webhook-failures/${id}`,
  ),
  'POST /webhook-failures/{id}/replay': oneOf(
    'failures',
    id => `/webhook-failures/${id}/replay`,
    { body },
  ),
  'POST /webhook-failures/{id}/suppress': oneOf(
    'failures',
    id => `/webhook-failures/${id}/suppress`,
    { body },
  ),
  'POST /webhook-failures/{id}/handle': oneOf(
    'failures',
    id => `/webhook-failures/${id}/handle`,
    { body },
  ),
  'POST /webhook-failures/bulk': portal('/webhook-failures/bulk', {
    body: { ...body, action: 'replay' },
  }),
  'POST /webhook-failures/reports': portal('/webhook-failures/reports', {
    body: {},
  }),
  'GET /webhook-replays': list('/webhook-replays'),
  'GET /webhook-replays/{id}': oneOf('replays', id => `/webhook-replays/${id}`),
  'POST /webhook-replays/{id}/stop': oneOf(
    'replays',
    id => `/webhook-replays/${id}/stop`,
    { body },
  ),
  'POST /webhook-replays/claims': portal('/webhook-replays/claims', {
    body: {},
  }),
  'POST /webhook-replays/commands/{id}/outcome': portal(
    '/webhook-replays/commands/none/outcome',
    { body: {} },
  ),
  'GET /webhook-suppressions': list('/webhook-suppressions'),
  'POST /webhook-suppressions': portal('/webhook-suppressions', {
    body: { ...body, tenant: TENANTS.own },
  }),
  'POST /webhook-suppressions/{id}/end': oneOf(
    'suppressions',
    id => `/webhook-suppressions/${id}/end`,
    { body },
  ),

  'GET /rate-limit-overrides': portal('/rate-limit-overrides'),
  'GET /rate-limit-overrides/preview': portal(
    `/rate-limit-overrides/preview?subjectKind=tenant&subject=${TENANTS.own}&limitKind=unlimited`,
  ),
  'GET /rate-limit-usage': portal('/rate-limit-usage'),
  'POST /rate-limit-overrides': act('/rate-limit-overrides'),
  'POST /rate-limit-overrides/{id}/extend': act(
    '/rate-limit-overrides/none/extend',
  ),
  'POST /rate-limit-overrides/{id}/end': act('/rate-limit-overrides/none/end'),

  'GET /flags': portal('/flags'),
  'GET /flags/{key}': portal('/flags/fast'),
  'GET /flags/{key}/history': portal('/flags/fast/history'),
  'POST /flags': act('/flags'),
  'PUT /flags/{key}': act('/flags/fast'),
  'POST /flags/{key}/revert': act('/flags/fast/revert'),
  'DELETE /flags/{key}': act('/flags/fast'),

  'GET /maintenance': portal('/maintenance'),
  'POST /maintenance': act('/maintenance'),
  'POST /maintenance/{id}/extend': act('/maintenance/none/extend'),
  'POST /maintenance/{id}/end': act('/maintenance/none/end'),

  'GET /caches': portal('/caches'),
  'GET /caches/{target}/prefixes': portal('/caches/shop/prefixes'),
  'POST /caches/{target}/previews': act('/caches/shop/previews'),
  'POST /caches/{target}/purges': act('/caches/shop/purges'),
  'GET /cache-purges': portal('/cache-purges'),
  'GET /cache-purges/{id}': portal('/cache-purges/none'),
  'GET /cache-purges/{id}/keys': portal('/cache-purges/none/keys'),
  'POST /cache-purges/{id}/cancel': act('/cache-purges/none/cancel'),

  'GET /migrations': portal('/migrations'),
  'GET /migrations/settled': portal('/migrations/settled?component=none'),
  'POST /migrations/reports': portal('/migrations/reports', { body: {} }),

  'POST /checkin/{job}': portal('/checkin/ledger', { body: {} }),
  'POST /checkin/{job}/claim': portal('/checkin/ledger/claim', { body: {} }),
  'POST /checkin/{job}/start': portal('/checkin/ledger/start', { body: {} }),
  'POST /checkin/{job}/progress': portal('/checkin/ledger/progress', {
    body: {},
  }),
  'POST /checkin/{job}/log': portal('/checkin/ledger/log', { body: {} }),
  'POST /checkin/{job}/finish': portal('/checkin/ledger/finish', { body: {} }),

  'GET /request-keys': portal('/request-keys'),

  'GET /audit': portal('/audit'),
  'GET /audit/verification': portal('/audit/verification'),
  'POST /audit/verification': portal('/audit/verification', { body: {} }),
  'GET /audit/keys': portal('/audit/keys'),
  'GET /audit/checkpoint': portal('/audit/checkpoint'),
  'GET /audit/checkpoints': portal('/audit/checkpoints'),
  'GET /audit/checkpoints/export': portal('/audit/checkpoints/export'),
  'GET /audit/export': portal('/audit/export'),
  'GET /audit/chain': portal('/audit/chain'),

  'GET /approvals': portal('/approvals'),
  'GET /approvals/mine': {
    about: 'anybody',
    request: { path: '/approvals/mine' },
  },
  'GET /approvals/rules': {
    about: 'anybody',
    request: { path: '/approvals/rules' },
  },
  'GET /approvals/{id}': portal('/approvals/none'),
  'POST /approvals/{id}/approve': act('/approvals/none/approve'),
  'POST /approvals/{id}/reject': act('/approvals/none/reject'),
  'POST /approvals/{id}/withdraw': act('/approvals/none/withdraw'),
};

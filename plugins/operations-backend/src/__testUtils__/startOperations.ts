import {
  coreServices,
  createServiceFactory,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  type PermissionsService,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import { Badges } from '../jobs/badges/Badges';
import { createJobsApi, createJobStores } from '../jobs/createJobs';
import type { CancelSignal, LogReader, PlatformHealth } from '../jobs/ports';
import type { AskedBy } from '../lib/caller';
import type { Route } from '../lib/routes';
import { createRunApi } from '../runs/createRuns';
import type { RequestSigner } from '../platform/requests/RequestSigner';
import { routesPlugin, testAudit } from './testApi';
import { FakeEngine } from './FakeEngine';

/** What a user may do; `undefined`: everything. */
export type TestPolicy = (
  permission: Permission,
  userEntityRef: string | undefined,
) => PolicyDecision;

export const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
export const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/**
 * The API over a database, with a platform in memory. Everything but the platform and the policy is
 * real.
 */
export async function startOperations(options: {
  knex: Knex;
  policy?: TestPolicy;
  logs?: LogReader;
  config?: JsonObject;
  /** Default: nothing is signed. */
  signer?: RequestSigner;
  /** maintenance that keeps runs on their queues */
  windows?: Parameters<typeof createRunApi>[0]['windows'];
  /** the time of the list of runs, and of bulk actions */
  now?: () => number;
}) {
  const { knex } = options;
  const engine = new FakeEngine();
  const cancelled: Array<
    Parameters<CancelSignal['request']>[0] & { by: AskedBy }
  > = [];
  const health = { available: true, asOf: '2026-11-20T00:00:00.000Z' } as {
    -readonly [K in keyof PlatformHealth]: PlatformHealth[K];
  };
  health.troubles = [];
  health.clockSkewMs = 0;
  health.workersOf = () => 2;
  health.fleet = {
    workers: () => [],
    workersOf: () => [],
    declarationsOf: () => [],
  };
  const audit = testAudit({
    knex,
    config: mockServices.rootConfig({
      data: options.config ?? { operations: { actions: { perMinute: 0 } } },
    }),
  });
  const stores = createJobStores({ knex, audit });
  const api = createJobsApi({
    stores,
    health,
    badges: new Badges({
      config: mockServices.rootConfig(),
      discovery: mockServices.discovery(),
      inventory: stores.inventory,
    }),
    logReader: options.logs ?? { read: async () => undefined },
    cancelSignal: {
      request: async (run, by) => {
        cancelled.push({ ...run, by });
      },
    },
    engines: new Map([[engine.name, engine]]),
    signer: options.signer,
  });
  const { windows, now } = options;
  const runs = createRunApi({
    ...{ knex, ...api, windows, now },
    runner: { wake: () => {} },
  });
  const routes: Route[] = [...api.routes, ...runs.routes, ...audit.routes];

  const backend = await startTestBackend({
    features: [
      routesPlugin(routes, audit.actions),
      permissionsOf(options.policy ?? (() => ALLOW)),
    ],
  });
  return {
    server: backend.server,
    stop: () => backend.stop(),
    knex,
    routes,
    stores,
    steps: api.steps,
    engine,
    health,
    cancelled,
    audit,
  };
}

export function permissionsOf(policy: TestPolicy) {
  const decide = (
    requests: Array<{ permission: Permission }>,
    credentials: BackstageCredentials,
  ) => {
    const { userEntityRef } = credentials.principal as BackstageUserPrincipal;
    return requests.map(r => policy(r.permission, userEntityRef));
  };
  const permissions = {
    authorize: async (requests, { credentials }) =>
      decide(requests, credentials),
    authorizeConditional: async (requests, { credentials }) =>
      decide(requests, credentials),
  } as PermissionsService;
  return createServiceFactory({
    service: coreServices.permissions,
    deps: {},
    factory: () => permissions,
  });
}

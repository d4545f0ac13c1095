import type { AddressInfo } from 'node:net';
import {
  coreServices,
  createServiceFactory,
  type BackendFeature,
  type BackstageCredentials,
  type BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import operationsPlugin from '@craft-easy/backstage-plugin-operations-backend';
import bullmqModule from '@craft-easy/backstage-plugin-operations-backend-module-bullmq';
import checkinModule from '@craft-easy/backstage-plugin-operations-backend-module-checkin';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  defineJob,
  startWorker,
  type JobDefinition,
  type StartWorkerOptions,
} from '@craft-easy/operations-sdk/jobs';
import { holdersModule } from '../policy/holders';
import { ownershipOf } from './people';
import { policyPermissions } from './policyPermissions';

/** The tenants of the platform: support may see the first, not the second. */
export const TENANTS = { own: 'nordic-gym', other: 'alpine-spa' } as const;

/** Where portal and platform meet. */
type PortalRedis = Pick<
  TestRedis,
  'url' | 'namespace' | 'queuePrefix' | 'close'
> & {
  /** default: as the portal */
  platform?: StartWorkerOptions['connection'];
};

const job = (name: string, owner: string): JobDefinition =>
  defineJob({
    name,
    description: `Job of ${owner}`,
    owner,
    tenantScoped: true,
    cancellable: true,
    handler: async ctx => ctx.log(`for ${ctx.tenant}`),
  });

const userInfo = createServiceFactory({
  service: coreServices.userInfo,
  deps: {},
  factory: () => ({
    async getUserInfo(credentials: BackstageCredentials) {
      const { userEntityRef } = credentials.principal as BackstageUserPrincipal;
      return {
        userEntityRef,
        ownershipEntityRefs: ownershipOf(userEntityRef),
      };
    },
  }),
});

/**
 * Operations as packages/backend installs it, with the decisions of its policy, before a real
 * Redis with a worker of two jobs: `ledger` of finance and `letters` of growth, both for both
 * tenants. Mock credentials name the caller; the groups are those of catalog/org.yaml.
 */
export async function startPortal(
  options: {
    features?: BackendFeature[];
    /** the permissions service; default: {@link policyPermissions} */
    permissions?: BackendFeature;
    config?: JsonObject;
    /** over the config of Operations */
    operations?: JsonObject;
    /** default: the test run's own, with a corner of its own */
    redis?: PortalRedis;
    /** default: two jobs, of two teams */
    worker?: Pick<StartWorkerOptions, 'jobs' | 'requestKeys' | 'id'>;
  } = {},
) {
  const redis: PortalRedis = options.redis ?? (await getTestRedis());
  const { url, namespace, queuePrefix, platform = url } = redis;
  const worker = startWorker({
    jobs: [
      job('ledger', 'group:default/finance'),
      job('letters', 'group:default/growth'),
    ],
    ...options.worker,
    tenants: Object.values(TENANTS),
    connection: platform,
    namespace,
    queuePrefix,
  });
  await worker.ready;

  const backend = await startTestBackend({
    features: [
      operationsPlugin,
      bullmqModule,
      checkinModule,
      holdersModule,
      options.permissions ?? policyPermissions,
      userInfo,
      mockServices.rootConfig.factory({
        data: {
          permission: { enabled: true },
          ...options.config,
          operations: {
            redis: { url, namespace, queuePrefix, commandTimeoutMs: 5000 },
            caches: { targets: [{ name: 'shop', allowedPrefixes: ['shop:'] }] },
            flags: [{ key: 'fast', type: 'boolean', defaultVariant: 'off' }],
            ...options.operations,
          },
        },
      }),
      ...(options.features ?? []),
    ],
  });
  const { port } = backend.server.address() as AddressInfo;
  return {
    server: backend.server,
    url: `http://localhost:${port}`,
    async stop() {
      await backend.stop();
      await worker.close({ force: true, graceMs: 0 });
      await redis.close();
    },
  };
}

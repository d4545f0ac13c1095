import {
  coreServices,
  createServiceFactory,
  type BackendFeature,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import {
  notificationService,
  type NotificationSendOptions,
} from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import type { JsonObject } from '@backstage/types';
import type { TestRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { AddressInfo } from 'node:net';
import { operationsPlugin } from '../plugin';
import { ALLOW, permissionsOf, type TestPolicy } from './startOperations';

/**
 * The whole plugin as a portal runs it, in front of a real Redis. Only what other plugins bring is
 * at hand: who asks, what the policy says, the scheduler (tasks run when a test says so), and what
 * was sent to people and pages.
 */
export async function startPortal(options: {
  redis: Pick<TestRedis, 'url' | 'namespace' | 'queuePrefix'>;
  /** modules, such as the one that brings an engine */
  features?: BackendFeature[];
  policy?: TestPolicy;
  /** below `operations`, beside its `redis` */
  config?: JsonObject;
  /** default: a database of its own, in memory */
  knex?: Knex;
}) {
  const { url, namespace, queuePrefix } = options.redis;
  const { knex } = options;
  const scheduler = mockServices.scheduler();
  const notifications: NotificationSendOptions[] = [];
  const signals: unknown[] = [];
  const backend = await startTestBackend({
    features: [
      operationsPlugin,
      ...(options.features ?? []),
      permissionsOf(options.policy ?? (() => ALLOW)),
      mockServices.rootConfig.factory({
        data: {
          backend: {
            database: { client: 'better-sqlite3', connection: ':memory:' },
          },
          operations: {
            ...options.config,
            redis: { url, namespace, queuePrefix, commandTimeoutMs: 5000 },
          },
        },
      }),
      ...(knex
        ? [
            createServiceFactory({
              service: coreServices.database,
              deps: {},
              factory: () => ({ getClient: async () => knex }),
            }),
          ]
        : []),
      createServiceFactory({
        service: coreServices.scheduler,
        deps: {},
        factory: () => scheduler,
      }),
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: () => ({
          send: async (sent: NotificationSendOptions) => {
            notifications.push(sent);
          },
        }),
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({
          publish: async ({ message }) => {
            signals.push(message);
          },
        }),
      }),
    ],
  });
  const { port } = backend.server.address() as AddressInfo;
  return {
    server: backend.server,
    scheduler,
    notifications,
    signals,
    /** The API as a user's page calls it. */
    client: (user: string = 'user:default/mock') =>
      new OperationsClient({
        discoveryApi: {
          getBaseUrl: async id => `http://localhost:${port}/api/${id}`,
        },
        fetchApi: {
          fetch: (input, init) =>
            fetch(input, {
              ...init,
              headers: {
                ...(init?.headers as object),
                authorization: mockCredentials.user.header(user),
              },
            }),
        },
      }),
    /** What the scheduler does every ten seconds: looks at what needs attention. */
    look: () => scheduler.triggerTask('operations-attention'),
    stop: () => backend.stop(),
  };
}

export type TestPortal = Awaited<ReturnType<typeof startPortal>>;
